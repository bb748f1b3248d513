// Encoders written by the tests' own writer, run by the real runtime, against f64.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { takeTokens, layTokens } from '../core/token-layout.ts';
import { inputSizes, proposeLayout } from '../core/input-layout.ts';
import { makeKey, uniform } from '../core/random.ts';
import { readOnnxGraph } from '../formats/onnx-graph.ts';
import { type Recipe, tinyEncoder } from '../testing/onnx-encoders.ts';
import { writeOnnx } from '../testing/onnx-writer.ts';
import { openOnnxEncoder } from './onnx-encoder.ts';

const wasm = fs.readFileSync(createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
const runtime = new Uint8Array(wasm).buffer;

const clipOf = (count: number): Float32Array<ArrayBuffer> => {
  const key = makeKey(2, 'clip');
  return Float32Array.from({ length: count }, (_, i) => 2 * uniform(key, 0, i) - 1);
};

/** (C, T, …) → (T, C, …) */
function timeFirst(clip: Float32Array, T: number): Float32Array<ArrayBuffer> {
  const plane = clip.length / 3 / T;
  return Float32Array.from(clip, (_, i) => {
    const [t, k, p] = [Math.floor(i / (3 * plane)), Math.floor(i / plane) % 3, i % plane];
    return clip[(k * T + t) * plane + p];
  });
}

const video: Recipe = { patch: [2, 8, 8], frames: 4, side: 24, channels: 10, extra: 0, order: 'BCTHW' };

describe('an encoder from a file', () => {
  it.each<[string, Recipe]>([
    ['B × C × T × H × W', video],
    ['B × T × C × H × W, a class token', { ...video, order: 'BTCHW', extra: 1 }],
    ['pictures, class and register tokens', { ...video, order: 'BCHW', patch: [1, 8, 8], frames: 1, extra: 5 }],
    ['sizes left open', { ...video, sizes: 'named' }],
  ])('gives the tokens that f64 gives: %s', async (_, recipe) => {
    const { file, expected } = tinyEncoder(recipe);
    const graph = readOnnxGraph(file);
    const proposed = proposeLayout(graph).layout;
    const layout = { ...proposed, frames: recipe.frames, side: recipe.side };
    expect(layout.order).toBe(recipe.order);
    const clip = clipOf(3 * recipe.frames * recipe.side ** 2);
    const encoder = await openOnnxEncoder(file, graph, runtime);
    const input = recipe.order === 'BTCHW' ? timeFirst(clip, recipe.frames) : clip;
    const { sizes, data } = await encoder.run(input, inputSizes(layout), layout.output);
    const laid = layTokens(layout.output, sizes, layout, graph.patches);
    expect(laid).toMatchObject({ extra: recipe.extra, guessed: false, channels: 10 });
    const tokens = takeTokens(data, laid);
    const wanted = expected(clip);
    expect(tokens.length).toBe(wanted.length);
    const most = Math.max(...wanted.map((v, i) => Math.abs(v - tokens[i])));
    expect(most).toBeLessThan(2e-5);
    await encoder.release();
  });

  it('half precision goes in and comes out', async () => {
    const file = writeOnnx({
      inputs: [{ name: 'x', type: 10, sizes: [1, 3, 16, 16] }],
      outputs: [{ name: 'y', type: 10, sizes: [1, 3, 16, 16] }],
      nodes: [{ operator: 'Neg', inputs: ['x'], outputs: ['y'] }],
    });
    const graph = readOnnxGraph(file);
    const encoder = await openOnnxEncoder(file, graph, runtime);
    const input = Float32Array.from({ length: 768 }, (_, i) => (i + 1) / 8); // exact in half precision
    const { data } = await encoder.run(input, [1, 3, 16, 16], 'y');
    expect(Array.from(data)).toEqual(Array.from(input, (v) => -v));
    await encoder.release();
  });

  it('says what the runtime says of a file that it cannot open, and of sizes that do not fit', async () => {
    const broken = writeOnnx({
      inputs: [{ name: 'x', sizes: [1, 3, 16, 16] }],
      outputs: [{ name: 'y' }],
      nodes: [{ operator: 'Levitate', inputs: ['x'], outputs: ['y'] }],
    });
    await expect(openOnnxEncoder(broken, readOnnxGraph(broken), runtime)).rejects.toThrow(
      /ONNX Runtime cannot open this encoder: .*Levitate/,
    );
    const { file } = tinyEncoder({ ...video, sizes: 'none' });
    const encoder = await openOnnxEncoder(file, readOnnxGraph(file), runtime);
    const run = encoder.run(new Float32Array(3 * 16), [1, 3, 16], 'last_hidden_state');
    await expect(run).rejects.toThrow(/ONNX Runtime cannot run this encoder/);
    await encoder.release();
  });
});
