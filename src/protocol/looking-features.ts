// What page and worker say about features of tokens: colours along common axes, similarity to a token, its attention, the
// nearest tokens of other clips.

import type { Grid } from '../core/grid.ts';
import type { Looked } from './looking.ts';

export const networks = ['encoder', 'target'] as const;
export type Network = (typeof networks)[number];

/** Which clip, read by what. */
export interface ReadRequest extends Looked {
  start: number;
  network: Network;
  /** steps that the weights should have been trained for, if that reading is still known; null: as they are now */
  at: number | null;
}

export type FeatureQuestion =
  | { kind: 'pca'; layer: number }
  | { kind: 'similarity'; layer: number; token: number }
  /** of all blocks */
  | { kind: 'attention'; token: number };

/** Tokens along the axes of most variance; one basis for the whole clip. */
export interface PcaMap {
  kind: 'pca';
  layer: number;
  /** (N, 3) */
  projected: Float32Array<ArrayBuffer>;
  /** (N, 3): 0 … 255 */
  colours: Uint8ClampedArray<ArrayBuffer>;
  /** variance along each axis, and along all channels together */
  variances: number[];
  total: number;
}

/** Cosine of a token with all. */
export interface SimilarityMap {
  kind: 'similarity';
  layer: number;
  token: number;
  /** (N) */
  cosines: Float32Array<ArrayBuffer>;
}

/** What a token attends to, and how far attention reaches. */
export interface AttentionMap {
  kind: 'attention';
  token: number;
  depth: number;
  heads: number;
  /** (depth, H, N): each row has the sum 1 */
  shares: Float32Array<ArrayBuffer>;
  /** (depth, H): mean over all tokens of the distance attended to, Euclid in pixels; in frames of the clip */
  space: Float32Array<ArrayBuffer>;
  time: Float32Array<ArrayBuffer>;
  /** the same if every token got the same attention */
  even: { space: number; time: number };
}

export type FeatureMap = PcaMap | SimilarityMap | AttentionMap;

/** The token of another clip that is most like the chosen one. */
export interface NearToken {
  clipId: string;
  /** first frame of the clip that was read */
  start: number;
  token: number;
  cosine: number;
  /** the frame where the token's tubelet begins, (side, side) RGBA */
  side: number;
  picture: Uint8ClampedArray<ArrayBuffer>;
}

export type FeatureCommand =
  /** reports `progress` of its job and can be cancelled */
  | { type: 'featureMap'; requestId: string; jobId: string; request: ReadRequest; question: FeatureQuestion }
  /** the most similar token of each of these clips, most similar first; as above */
  | {
      type: 'nearTokens';
      requestId: string;
      jobId: string;
      request: ReadRequest;
      layer: number;
      token: number;
      clips: string[];
      side: number;
    }
  /** features behind every layer */
  | { type: 'layerFeatures'; requestId: string; jobId: string; request: ReadRequest };

/** `step` that the weights have been trained for; null: random weights */
export type FeatureEvent =
  | { type: 'featureMap'; requestId: string; step: number | null; grid: Grid; map: FeatureMap }
  | { type: 'nearTokens'; requestId: string; step: number | null; near: NearToken[] }
  | {
      type: 'layerFeatures';
      requestId: string;
      step: number | null;
      grid: Grid;
      layers: number;
      channels: number;
      /** (layers, N, C) */
      values: Float32Array<ArrayBuffer>;
    };
