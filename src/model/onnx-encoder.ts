// An encoder that came as an ONNX file, run by ONNX Runtime in WebAssembly: the one file that knows the runtime. One thread,
// because more need an isolated page; the plain build, because the one with WebGPU is twice as large and would share the
// GPU with training. Lazy: the runtime is 14 MB.

import * as ort from 'onnxruntime-web/wasm';
import runtimeAddress from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import type { EncoderGraph } from '../core/encoder-graph.ts';
import { StudioError } from '../core/errors.ts';
import { fromHalf, toHalf } from '../core/half.ts';

/** What runs an encoder, for the page. */
export const backend = `WebAssembly, ONNX Runtime ${ort.env.versions.web ?? ''}, one thread`;

/** Where the runtime's own code lies, on this origin. */
export { runtimeAddress };

export interface EncoderOutput {
  sizes: number[];
  data: Float32Array;
}

export interface OnnxEncoder {
  /** Gives the output of this name. Throws StudioError 'format' with what the runtime says. */
  run: (input: Float32Array<ArrayBuffer>, sizes: readonly number[], output: string) => Promise<EncoderOutput>;
  release: () => Promise<void>;
}

/** Opens a file that `readOnnxGraph` has read. Throws StudioError 'format' when the runtime refuses it. */
export async function openOnnxEncoder(
  file: Uint8Array,
  graph: EncoderGraph,
  runtime: ArrayBuffer,
): Promise<OnnxEncoder> {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = runtime;
  // what it says reaches the page as a sentence, not the console
  ort.env.logLevel = 'fatal';
  const session = await told(
    'cannot open this encoder',
    ort.InferenceSession.create(file, { executionProviders: ['wasm'], logSeverityLevel: 4 }),
  );
  const [{ name, type }] = graph.inputs;
  return {
    async run(input, sizes, output) {
      const tensor =
        type === 'float16' ? new ort.Tensor('float16', toHalf(input), sizes) : new ort.Tensor('float32', input, sizes);
      const results = await told(
        'cannot run this encoder',
        session.run({ [name]: tensor }, [output], { logSeverityLevel: 4 }),
      );
      const { dims, data } = results[output];
      if (data instanceof Float32Array) return { sizes: [...dims], data };
      // float16 is an array of its own kind where the browser has one
      if (data instanceof Uint16Array) return { sizes: [...dims], data: fromHalf(data) };
      if (results[output].type === 'float16')
        return { sizes: [...dims], data: Float32Array.from(data as ArrayLike<number>) };
      throw new StudioError(
        'format',
        `The output ${output} is of ${results[output].type}, tokens are float32 or float16.`,
        'Choose another output.',
      );
    },
    release: () => session.release(),
  };
}

/** What the runtime throws, as a sentence: its first line, without its own source files. */
async function told<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const text = typeof error === 'number' ? `it ran out of memory (${error})` : String(error);
    const why = text
      .split('\n')[0]
      .replace(/^Error: |\/[\w./-]+\.(?:cc|h):\d+ ?/g, '')
      .slice(0, 300);
    throw new StudioError(
      'format',
      `ONNX Runtime ${what}: ${why}.`,
      'Export it again with opset 17 or later and standard operators, or choose other sizes.',
    );
  }
}
