// The worker's side of an encoder from a file: drawn clips through the real runtime, against f64.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { type InputLayout } from '../core/input-layout.ts';
import { openOnnxEncoder } from '../model/onnx-encoder.ts';
import type { Event } from '../protocol/messages.ts';
import type { EncodeRequest } from '../protocol/pretrained.ts';
import { type Recipe, tinyEncoder } from '../testing/onnx-encoders.ts';
import { drawProceduralClip } from '../video/procedural.ts';
import { Library } from './library.ts';
import { type EncoderThread, Pretrained } from './pretrained.ts';

const wasm = fs.readFileSync(createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
const runtime = new Uint8Array(wasm).buffer;

/** A thread that is none. */
function inPlace(): EncoderThread {
  return {
    async run({ file, graph, inputs, sizes, output }, tell) {
      const encoder = await openOnnxEncoder(new Uint8Array(await file.arrayBuffer()), graph, runtime);
      const outputs = [];
      for (const input of inputs) {
        tell('Running the encoder', outputs.length, inputs.length);
        outputs.push(await encoder.run(input, sizes, output));
      }
      await encoder.release();
      return { type: 'done', outputs, backend: 'in place', milliseconds: 1 };
    },
    end() {},
  };
}

async function opened(recipe: Recipe, start: () => EncoderThread = inPlace) {
  const events: Event[] = [];
  const post = (event: Event) => events.push(event);
  const library = new Library(post);
  const clipId = library.drawn(3, 0);
  const pretrained = new Pretrained(post, library, start);
  const { file, expected } = tinyEncoder(recipe);
  await pretrained.open({
    type: 'openEncoder',
    requestId: 'open',
    encoderId: 'e',
    file: new File([file], 'tiny.onnx'),
  });
  const answer = events.at(-1);
  if (answer?.type !== 'encoderOpened') throw new Error(`answered ${answer?.type}`);
  const { encoder } = answer;
  const { layout } = encoder.proposal;
  const encode = async (change: Partial<InputLayout> = {}, more: Partial<EncodeRequest> = {}) => {
    const shown = { clipId, start: 4, frames: 4, stride: 3, tubelet: 2 };
    const request = { encoderId: 'e', layout: { ...layout, ...change }, ...shown, ...more };
    await pretrained.encode({ type: 'encodeClip', requestId: 'r', jobId: 'job', request });
    const last = events.findLast((e) => e.type === 'encoded');
    if (last?.type !== 'encoded') throw new Error('no features came');
    return last.encoded;
  };
  return { events, pretrained, encoder, encode, expected };
}

/** Frames of the drawn clip, by the formula of the range −1 … 1, (C, T, H, W). */
function signed(frames: number[], side: number): Float64Array {
  const plane = side * side;
  const out = new Float64Array(3 * frames.length * plane);
  frames.forEach((frame, t) => {
    const { rgb } = drawProceduralClip(3, 0, { frames: 1, start: frame, side });
    for (let p = 0; p < plane; p++)
      for (let k = 0; k < 3; k++) out[(k * frames.length + t) * plane + p] = rgb[p * 3 + k] / 127.5 - 1;
  });
  return out;
}

const near = (values: Float32Array, wanted: Float64Array): void => {
  expect(values.length).toBe(wanted.length);
  expect(Math.max(...wanted.map((w, i) => Math.abs(w - values[i])))).toBeLessThan(1e-4);
};

const video: Recipe = { patch: [2, 8, 8], frames: 4, side: 24, channels: 10, extra: 1, order: 'BTCHW' };

describe('an encoder from a file, in the worker', () => {
  it('gives the features of the shown clip that f64 gives, and their colours', async () => {
    const { encode, encoder, expected, events } = await opened(video);
    expect(encoder.fingerprint).toMatch(/^sha256:/);
    expect(encoder.proposal.asked).toEqual(['normalisation']);
    const encoded = await encode({ normalisation: 'signed' });
    expect(encoded.features).toMatchObject({ grid: { t: 2, h: 3, w: 3 }, channels: 10 });
    near(encoded.features.values, expected(signed([4, 7, 10, 13], 24)));
    expect(encoded).toMatchObject({ extra: 1, guessed: false, seen: { first: 4, last: 13, count: 4 } });
    expect(encoded.colours).toHaveLength(18 * 3);
    expect(encoded.shares.every((s, i) => s > 0 && s <= (encoded.shares[i - 1] ?? 1))).toBe(true);
    // asked again, the same answer
    expect(await encode({ normalisation: 'signed' })).toBe(encoded);
    expect(events.at(-1)).toEqual({ type: 'jobDone', jobId: 'job', cancelled: false });
  });

  it('an encoder of pictures sees the middle frame of each tubelet', async () => {
    const { encode, expected } = await opened({ ...video, order: 'BCHW', patch: [1, 8, 8], frames: 1, extra: 5 });
    const { features } = await encode({ normalisation: 'signed' });
    expect(features.grid).toEqual({ t: 2, h: 3, w: 3 });
    const both = [7, 13].map((frame) => expected(signed([frame], 24)));
    near(features.values, Float64Array.of(...both[0], ...both[1]));
  });

  it('what does not fit is said', async () => {
    await expect(opened({ ...video, pooled: true })).rejects.toThrow('as a classifier gives it');
    const { encode, pretrained } = await opened({ ...video, sizes: 'named' });
    await expect(encode({ frames: 3 })).rejects.toThrow('tubelets of 2 frames, which do not divide 3');
    pretrained.close({ type: 'closeEncoder', encoderId: 'e' });
    await expect(encode()).rejects.toThrow('no longer open');
    // numbers that are none
    const huge = await opened({ ...video, extra: 0 }, () => ({
      run: async () => ({
        type: 'done',
        outputs: [{ sizes: [1, 18, 10], data: new Float32Array(180).fill(NaN, 33) }],
        backend: '',
        milliseconds: 0,
      }),
      end() {},
    }));
    await expect(huge.encode()).rejects.toThrow('not a number at token 3 of 18');
  });

  it('cancelling ends the thread, and the next clip gets a new one', async () => {
    let started = 0;
    let cancel: () => void = () => {};
    const hanging = (): EncoderThread => {
      started++;
      let refuse: (error: Error) => void = () => {};
      return {
        run: () => {
          const never = new Promise<never>((_, reject) => (refuse = reject));
          queueMicrotask(cancel);
          return never;
        },
        end: () => refuse(new Error('ended')),
      };
    };
    const { encode, events, pretrained } = await opened(video, hanging);
    cancel = () => pretrained.cancel('job');
    await expect(encode()).rejects.toThrow('ended');
    expect(events.at(-1)).toEqual({ type: 'jobDone', jobId: 'job', cancelled: true });
    await expect(encode()).rejects.toThrow('ended');
    expect(started).toBe(2);
  });
});
