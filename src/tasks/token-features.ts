// Features of the tokens of a clip and what they show: the axes along which they differ most, what is similar, the nearest
// tokens of other clips. Heavy sums on the GPU, wherever the features come from.

import type { RunConfig } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { type Grid, tokenCount, tokenPosition } from '../core/grid.ts';
import { layerCount, layerName } from '../core/layers.ts';
import { type PcaBasis, pcaBasisOf, type TokenFeatures } from '../core/token-features.ts';
import type { Variant } from '../core/variant.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import { Plan } from '../gpu/plan.ts';
import { compile } from '../gpu/program.ts';
import { readTensor } from '../gpu/readback.ts';
import { covariance } from '../ops/covariance.ts';
import { cosine } from '../ops/cosine.ts';
import type { ClipReading } from '../train/clip-reading.ts';

/** Where it is computed. */
export interface On {
  pipelines: PipelineCache;
  variant: Variant;
}

/** Features of a read clip behind a layer. */
export async function layerFeatures(reading: ClipReading, layer: number, network: string): Promise<TokenFeatures> {
  const { depth, grid, channels } = reading;
  if (!(layer >= 0 && layer < layerCount(depth)))
    throw new StudioError('config', `Layer ${layer} of ${depth} blocks`, `Choose from 0 to ${depth + 1}.`);
  const values = await reading.features(layer);
  return { grid, channels, values, about: `${network}, ${layerName(layer, depth)}` };
}

/** Features behind every layer, (layers, N, C). */
export async function allLayers(reading: ClipReading): Promise<Float32Array<ArrayBuffer>> {
  const { depth, grid, channels } = reading;
  const size = tokenCount(grid) * channels;
  const out = new Float32Array(layerCount(depth) * size);
  for (let layer = 0; layer < layerCount(depth); layer++) out.set(await reading.features(layer), layer * size);
  return out;
}

/** The basis of a clip, with mean and covariance from the GPU. */
export async function basisOf({ pipelines, variant }: On, features: TokenFeatures): Promise<PcaBasis> {
  const C = features.channels;
  const plan = new Plan({ most: {}, variant });
  const x = plan.input('features', features.values.length / C, C);
  const made = covariance(plan, x, 'covariance');
  for (const t of [made.mean, made.covariance]) plan.keep(t);
  const program = await compile(plan, pipelines);
  try {
    program.put(x, features.values);
    program.submit({});
    const mean = Float64Array.from(await readTensor(pipelines.device, made.mean, C));
    return pcaBasisOf(mean, await readTensor(pipelines.device, made.covariance, C * C));
  } finally {
    program.destroy();
  }
}

/** Cosine of a vector (C) with every token, (N). */
export async function similarityTo(
  { pipelines, variant }: On,
  query: Float32Array<ArrayBuffer>,
  { values, channels: C }: TokenFeatures,
): Promise<Float32Array<ArrayBuffer>> {
  const plan = new Plan({ most: {}, variant });
  const q = plan.input('query', 1, C);
  const x = plan.input('features', values.length / C, C);
  const out = plan.keep(cosine(plan, q, x, 'cosine'));
  const program = await compile(plan, pipelines);
  try {
    program.put(q, query);
    program.put(x, values);
    program.submit({});
    return await readTensor(pipelines.device, out, values.length / C);
  } finally {
    program.destroy();
  }
}

/** The feature of one token, (C). Throws StudioError 'config' where there is no such token. */
export function featureOf({ values, channels: C }: TokenFeatures, token: number): Float32Array<ArrayBuffer> {
  const N = values.length / C;
  if (!(Number.isInteger(token) && token >= 0 && token < N))
    throw new StudioError('config', `Token ${token} of a clip of ${N}`, `Choose from 0 to ${N - 1}.`);
  return values.slice(token * C, (token + 1) * C);
}

/**
 * What attention would reach if every token got the same, over all tokens of a grid: mean Euclidean distance of two tokens
 * in the frame, in patches, and in time, in tubelets; each token counts as its own neighbour, as in attention.
 */
export function evenReach(grid: Grid): { space: number; time: number } {
  const { t, h, w } = grid;
  /** how many pairs of n in a row lie so far apart */
  const pairs = (n: number, apart: number) => (apart ? 2 : 1) * (n - apart);
  let space = 0;
  for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) space += pairs(h, y) * pairs(w, x) * Math.hypot(y, x);
  let time = 0;
  for (let apart = 0; apart < t; apart++) time += pairs(t, apart) * apart;
  return { space: space / (h * w) ** 2, time: time / t ** 2 };
}

/** The most similar token of a clip. */
export interface Nearest {
  token: number;
  cosine: number;
}

/** The token of a clip that is most like a vector; the first of equals. */
export async function nearestIn(on: On, query: Float32Array<ArrayBuffer>, features: TokenFeatures): Promise<Nearest> {
  const cosines = await similarityTo(on, query, features);
  let token = 0;
  for (let n = 1; n < cosines.length; n++) if (cosines[n] > cosines[token]) token = n;
  return { token, cosine: cosines[token] };
}

/** Frame of a video that the first frame of a token's tubelet shows, when the clip begins at `start`. */
export const frameOf = (c: RunConfig, grid: Grid, token: number, start: number): number =>
  start + tokenPosition(grid, token).t * (c.model.frames === 1 ? 1 : c.model.tubelet) * c.data.samplingRate;
