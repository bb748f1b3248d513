// The official parameters of encoder and predictor: names, shapes, weight decay groups.
// Names are those of VisionTransformer and VisionTransformerPredictor (src/models of facebookresearch/jepa).

import { mlpHidden } from '../core/config.ts';
import type { ParameterSpec } from '../gpu/arena.ts';

/** Sizes that decide the parameters. */
export interface NetworkSizes {
  /** tokens of a clip, rows of the position table */
  tokens: number;
  /** 1 for an image model: its patch embedding is 2D */
  frames: number;
  tubelet: number;
  patch: number;
  dim: number;
  depth: number;
  mlpRatio: number;
}

export interface PredictorSizes {
  tokens: number;
  dim: number;
  predDim: number;
  predDepth: number;
  mlpRatio: number;
  maskTokens: number;
  /** width of the predictions when it is not the encoder's (pixels) */
  outDim?: number;
}

/** Official groups: one-dimensional tensors and biases are not decayed (mask tokens are three-dimensional, so they are). */
export const parameter = (name: string, shape: number[]): ParameterSpec => ({
  name,
  shape,
  decay: shape.length > 1 && !name.includes('bias'),
  trained: true,
});

/** One transformer block. */
export function blockParameters(prefix: string, dim: number, mlpRatio: number): ParameterSpec[] {
  const hidden = mlpHidden(dim, mlpRatio);
  return [
    parameter(`${prefix}norm1.weight`, [dim]),
    parameter(`${prefix}norm1.bias`, [dim]),
    parameter(`${prefix}attn.qkv.weight`, [3 * dim, dim]),
    parameter(`${prefix}attn.qkv.bias`, [3 * dim]),
    parameter(`${prefix}attn.proj.weight`, [dim, dim]),
    parameter(`${prefix}attn.proj.bias`, [dim]),
    parameter(`${prefix}norm2.weight`, [dim]),
    parameter(`${prefix}norm2.bias`, [dim]),
    parameter(`${prefix}mlp.fc1.weight`, [hidden, dim]),
    parameter(`${prefix}mlp.fc1.bias`, [hidden]),
    parameter(`${prefix}mlp.fc2.weight`, [dim, hidden]),
    parameter(`${prefix}mlp.fc2.bias`, [dim]),
  ];
}

export function encoderParameters(s: NetworkSizes): ParameterSpec[] {
  const kernel = s.frames === 1 ? [3, s.patch, s.patch] : [3, s.tubelet, s.patch, s.patch];
  return [
    { name: 'pos_embed', shape: [1, s.tokens, s.dim], decay: false, trained: false },
    parameter('patch_embed.proj.weight', [s.dim, ...kernel]),
    parameter('patch_embed.proj.bias', [s.dim]),
    ...Array.from({ length: s.depth }, (_, i) => blockParameters(`blocks.${i}.`, s.dim, s.mlpRatio)).flat(),
    parameter('norm.weight', [s.dim]),
    parameter('norm.bias', [s.dim]),
  ];
}

export function predictorParameters(s: PredictorSizes): ParameterSpec[] {
  const out = s.outDim ?? s.dim;
  return [
    { name: 'predictor_pos_embed', shape: [1, s.tokens, s.predDim], decay: false, trained: false },
    parameter('predictor_embed.weight', [s.predDim, s.dim]),
    parameter('predictor_embed.bias', [s.predDim]),
    { ...parameter('mask_tokens', [1, 1, s.predDim]), stack: s.maskTokens },
    ...Array.from({ length: s.predDepth }, (_, i) =>
      blockParameters(`predictor_blocks.${i}.`, s.predDim, s.mlpRatio),
    ).flat(),
    parameter('predictor_norm.weight', [s.predDim]),
    parameter('predictor_norm.bias', [s.predDim]),
    parameter('predictor_proj.weight', [out, s.predDim]),
    parameter('predictor_proj.bias', [out]),
  ];
}
