// A thread that does nothing but run an encoder from a file: the runtime does not give its thread back before a clip is
// done, and gives its memory back only when the thread ends.

import type { EncoderGraph } from '../core/encoder-graph.ts';
import { type ErrorReport, reportError, StudioError } from '../core/errors.ts';
import {
  backend,
  type EncoderOutput,
  type OnnxEncoder,
  openOnnxEncoder,
  runtimeAddress,
} from '../model/onnx-encoder.ts';

/** Passes through one encoder, one after the other; the thread is for one file. */
export interface ThreadOrder {
  file: File;
  graph: EncoderGraph;
  inputs: Float32Array<ArrayBuffer>[];
  sizes: number[];
  output: string;
}

export type ThreadAnswer =
  | { type: 'stage'; stage: string; done: number; total: number }
  /** `milliseconds` of the passes */
  | { type: 'done'; outputs: EncoderOutput[]; backend: string; milliseconds: number }
  | { type: 'failed'; error: ErrorReport };

const post = (answer: ThreadAnswer): void => self.postMessage(answer);

let opened: Promise<OnnxEncoder> | null = null;

async function open({ file, graph }: ThreadOrder): Promise<OnnxEncoder> {
  const runtime = await readRuntime();
  post({ type: 'stage', stage: `Opening ${file.name}`, done: 0, total: 0 });
  return openOnnxEncoder(new Uint8Array(await file.arrayBuffer()), graph, runtime);
}

/** The runtime's code, from this origin. */
async function readRuntime(): Promise<ArrayBuffer> {
  const stage = 'Loading the runtime';
  post({ type: 'stage', stage, done: 0, total: 0 });
  const answer = await fetch(runtimeAddress);
  if (!answer.ok || !answer.body)
    throw new StudioError(
      'internal',
      `The runtime of ONNX files could not be loaded: ${answer.status} ${answer.statusText}.`,
      'Reload the page.',
    );
  return answer.arrayBuffer();
}

async function encode(order: ThreadOrder): Promise<void> {
  const { inputs, sizes, output } = order;
  const encoder = await (opened ??= open(order));
  const outputs: EncoderOutput[] = [];
  const from = performance.now();
  for (const input of inputs) {
    post({ type: 'stage', stage: 'Running the encoder', done: outputs.length, total: inputs.length });
    outputs.push(await encoder.run(input, sizes, output));
  }
  post({ type: 'done', outputs, backend, milliseconds: performance.now() - from });
}

self.addEventListener('message', ({ data }: MessageEvent<ThreadOrder>) => {
  encode(data).catch((error: unknown) => {
    post({ type: 'failed', error: reportError(error) });
  });
});
