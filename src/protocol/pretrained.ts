// What page and worker say to each other about encoders that came as files. Types only, plain data.

import type { EncoderGraph } from '../core/encoder-graph.ts';
import type { InputLayout, Proposal } from '../core/input-layout.ts';
import type { TokenFeatures } from '../core/token-features.ts';

/** An encoder that was read and not yet run. */
export interface PretrainedEncoder {
  encoderId: string;
  name: string;
  bytes: number;
  /** of the file, so that what was answered once is remembered */
  fingerprint: string;
  graph: EncoderGraph;
  proposal: Proposal;
}

export interface EncodeRequest {
  encoderId: string;
  layout: InputLayout;
  clipId: string;
  /** the shown clip, in frames of its video */
  start: number;
  frames: number;
  stride: number;
  /** frames of a tubelet of the stage */
  tubelet: number;
}

export interface Encoded {
  features: TokenFeatures;
  /** (N, 3): tokens along the three axes that tell them apart best, as colours */
  colours: Uint8ClampedArray<ArrayBuffer>;
  /** share of the variance of each axis */
  shares: number[];
  /** first and last frame of the video that was seen, 0-based, and how many */
  seen: { first: number; last: number; count: number };
  /** class and register tokens that were left out */
  extra: number;
  /** the grid was found by the number of tokens alone */
  guessed: boolean;
  /** what ran it */
  backend: string;
  /** without opening it */
  milliseconds: number;
}

export type PretrainedCommand =
  /** reads the file and runs nothing */
  | { type: 'openEncoder'; requestId: string; encoderId: string; file: File }
  /** reports `progress` of its job and can be cancelled; what was computed before is answered at once */
  | { type: 'encodeClip'; requestId: string; jobId: string; request: EncodeRequest }
  /** gives its memory back */
  | { type: 'closeEncoder'; encoderId: string };

export type PretrainedEvent =
  | { type: 'encoderOpened'; requestId: string; encoder: PretrainedEncoder }
  | { type: 'encoded'; requestId: string; encoded: Encoded };
