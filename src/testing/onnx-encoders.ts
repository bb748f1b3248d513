// Small encoders as ONNX files, and what they must give, worked out in f64. A patch embedding (Conv), tokens in rows, class
// tokens before them, LayerNormalization: the parts that real encoders begin and end with.

import { makeKey, uniform } from '../core/random.ts';
import { type Model, type Value, type Weight, writeOnnx } from './onnx-writer.ts';

export interface Recipe {
  /** (t, h, w) of a patch; encoders of pictures have t = 0 */
  patch: [t: number, h: number, w: number];
  frames: number;
  side: number;
  channels: number;
  /** class and register tokens before the grid */
  extra: number;
  /** axes of the input */
  order: 'BCTHW' | 'BTCHW' | 'BCHW';
  /** sizes in the file: fixed, by name, or not at all */
  sizes?: 'fixed' | 'named' | 'none';
  /** the average of all tokens instead, as before a classifier's head */
  pooled?: boolean;
  metadata?: Record<string, string>;
}

export interface TinyEncoder {
  file: Uint8Array<ArrayBuffer>;
  /** features of the tokens (N, C) of a normalised clip (C, T, H, W), or of a picture (C, H, W) */
  expected: (clip: ArrayLike<number>) => Float64Array;
}

const epsilon = 1e-5;

/** Numbers in [-0.5, 0.5), by name. */
function numbers(name: string, count: number): Float32Array {
  const key = makeKey(1, name);
  return Float32Array.from({ length: count }, (_, i) => uniform(key, 0, i) - 0.5);
}

export function tinyEncoder(recipe: Recipe): TinyEncoder {
  const { patch, frames, side, channels: C, extra, order, sizes = 'fixed', pooled = false } = recipe;
  const kernel = order === 'BCHW' ? patch.slice(1) : patch;
  const volume = kernel.reduce((a, b) => a * b, 1);
  const kernels = numbers('kernels', C * 3 * volume);
  const bias = numbers('bias', C);
  const [scale, shift] = [numbers('scale', C), numbers('shift', C)];
  const weights: Weight[] = [
    { name: 'kernels', sizes: [C, 3, ...kernel], data: kernels },
    { name: 'bias', sizes: [C], data: bias },
    { name: 'scale', sizes: [C], data: scale },
    { name: 'shift', sizes: [C], data: shift },
    { name: 'rows', sizes: [3], data: BigInt64Array.from([1n, BigInt(C), -1n]) },
    { name: 'extra', sizes: [1, extra, C], data: numbers('extra', extra * C) },
  ];
  const axes: Record<string, number | string> = { B: 1, C: 3, T: frames, H: side, W: side };
  const names: Record<string, string> = { B: 'batch', C: 'channels', T: 'num_frames', H: 'height', W: 'width' };
  const input: Value = { name: order === 'BTCHW' ? 'pixel_values_videos' : 'pixels' };
  if (sizes !== 'none') input.sizes = order.split('').map((axis) => (sizes === 'named' ? names[axis] : axes[axis]));
  const grid = [frames / patch[0], side / patch[1], side / patch[2]].slice(order === 'BCHW' ? 1 : 0);
  const N = grid.reduce((a, b) => a * b, 1);
  const output: Value = { name: pooled ? 'logits' : 'last_hidden_state' };
  if (sizes === 'fixed') output.sizes = pooled ? [1, C] : [1, N + extra, C];
  const nodes: Model['nodes'] = [
    ...(order === 'BTCHW'
      ? [{ operator: 'Transpose', inputs: [input.name], outputs: ['clip'], attributes: { perm: [0, 2, 1, 3, 4] } }]
      : []),
    {
      operator: 'Conv',
      inputs: [order === 'BTCHW' ? 'clip' : input.name, 'kernels', 'bias'],
      outputs: ['cut'],
      attributes: { kernel_shape: kernel, strides: kernel },
    },
    { operator: 'Reshape', inputs: ['cut', 'rows'], outputs: ['columns'] },
    { operator: 'Transpose', inputs: ['columns'], outputs: ['patches'], attributes: { perm: [0, 2, 1] } },
    ...(extra
      ? [{ operator: 'Concat', inputs: ['extra', 'patches'], outputs: ['tokens'], attributes: { axis: 1 } }]
      : []),
    {
      operator: 'LayerNormalization',
      inputs: [extra ? 'tokens' : 'patches', 'scale', 'shift'],
      outputs: [pooled ? 'normed' : output.name],
      attributes: { epsilon: { float: epsilon } },
    },
    ...(pooled
      ? [{ operator: 'ReduceMean', inputs: ['normed'], outputs: ['logits'], attributes: { axes: [1], keepdims: 0 } }]
      : []),
  ];
  const used = extra ? weights : weights.filter((w) => w.name !== 'extra');
  const metadata = recipe.metadata ?? {};
  return {
    file: writeOnnx({ inputs: [input], outputs: [output], nodes, weights: used, metadata }),
    expected: (clip) => tokensOf(clip, recipe, { kernels, bias, scale, shift }),
  };
}

type Weights = Record<'kernels' | 'bias' | 'scale' | 'shift', Float32Array>;

/** The same in f64: every token is the product of its patch with the kernels, then normalised. */
function tokensOf(clip: ArrayLike<number>, { patch, frames, side, channels: C, order }: Recipe, w: Weights) {
  const T = order === 'BCHW' ? 1 : frames;
  const [pt, ph, pw] = order === 'BCHW' ? [1, patch[1], patch[2]] : patch;
  const [t, h, wide] = [T / pt, side / ph, side / pw];
  const out = new Float64Array(t * h * wide * C);
  for (let n = 0; n < t * h * wide; n++) {
    const [z, y, x] = [Math.floor(n / (h * wide)), Math.floor(n / wide) % h, n % wide];
    const token = Array.from({ length: C }, (_, c) => {
      let sum = w.bias[c];
      for (let k = 0; k < 3; k++)
        for (let a = 0; a < pt; a++)
          for (let b = 0; b < ph; b++)
            for (let d = 0; d < pw; d++)
              sum +=
                clip[((k * T + z * pt + a) * side + y * ph + b) * side + x * pw + d] *
                w.kernels[(((c * 3 + k) * pt + a) * ph + b) * pw + d];
      return sum;
    });
    const mean = token.reduce((a, b) => a + b, 0) / C;
    const variance = token.reduce((a, b) => a + (b - mean) ** 2, 0) / C;
    token.forEach((v, c) => (out[n * C + c] = ((v - mean) / Math.sqrt(variance + epsilon)) * w.scale[c] + w.shift[c]));
  }
  return out;
}
