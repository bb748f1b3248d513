// Features of every token of a clip, wherever they come from, and pictures of them: colours along the three axes that
// tell tokens apart best, and the similarity of one token to all others. Pure, in f64, for machines without a GPU.

import { StudioError } from './errors.ts';
import type { Grid } from './grid.ts';
import { axesOf, type CovarianceTimes, type PrincipalAxes, principalAxes } from './principal.ts';

export interface TokenFeatures {
  grid: Grid;
  /** C */
  channels: number;
  /** (N, C) */
  values: Float32Array<ArrayBuffer>;
  /** whose features these are, for captions and files: "target, block 6 of 6" */
  about: string;
}

/** One basis for all tokens of a clip: a thing keeps its colour through time. */
export interface PcaBasis extends PrincipalAxes {
  /** (C) */
  mean: Float64Array<ArrayBuffer>;
}

/** Red, green and blue. */
const pcaAxes = 3;

/** Shares of tokens beyond which a colour no longer changes: a few odd tokens must not grey out the rest. */
const cutOff = 0.02;

/** Mean over tokens, (C). */
export function meanToken({ values, channels: C }: TokenFeatures): Float64Array<ArrayBuffer> {
  const mean = new Float64Array(C);
  const N = values.length / C;
  for (let n = 0; n < N; n++) for (let c = 0; c < C; c++) mean[c] += values[n * C + c] / N;
  return mean;
}

/** Products with the covariance over tokens (divided by N): of rows with all tokens, and of those with all tokens again. */
export function covarianceTimes({ values, channels: C }: TokenFeatures, mean: ArrayLike<number>): CovarianceTimes {
  return (rows) => {
    const out = new Float64Array(rows.length);
    const four = new Float64Array(4 * C);
    for (let at = 0; at < values.length; at += 4 * C) {
      const count = Math.min(4 * C, values.length - at);
      for (let i = 0; i < count; i += C) for (let c = 0; c < C; c++) four[i + c] = values[at + i + c] - mean[c];
      four.fill(0, count);
      addProducts(rows, four, C, out);
    }
    for (let i = 0; i < out.length; i++) out[i] *= C / values.length;
    return out;
  };
}

/** Adds rows (b, C) times four tokens (4, C) times those: four sums at a time, since one would wait for itself. */
function addProducts(rows: Float64Array, four: Float64Array, C: number, out: Float64Array): void {
  for (let r = 0; r < rows.length; r += C) {
    let [sw, sx, sy, sz] = [0, 0, 0, 0];
    for (let c = 0; c < C; c++) {
      const v = rows[r + c];
      sw += v * four[c];
      sx += v * four[C + c];
      sy += v * four[2 * C + c];
      sz += v * four[3 * C + c];
    }
    for (let c = 0; c < C; c++)
      out[r + c] += sw * four[c] + sx * four[C + c] + sy * four[2 * C + c] + sz * four[3 * C + c];
  }
}

/** The basis of a clip. */
export function pcaBasis(features: TokenFeatures): PcaBasis {
  const { values, channels: C } = features;
  const mean = meanToken(features);
  let total = 0;
  for (let i = 0, c = 0; i < values.length; i++, c = (c + 1) % C) total += (values[i] - mean[c]) ** 2;
  return { mean, ...axesOf(covarianceTimes(features, mean), C, pcaAxes), total: (total * C) / values.length };
}

/** The same where mean and covariance (C, C) are known, as from a GPU. */
export const pcaBasisOf = (mean: Float64Array<ArrayBuffer>, covariance: ArrayLike<number>): PcaBasis => ({
  mean,
  ...principalAxes(covariance, mean.length, pcaAxes),
});

/** Tokens along the axes of a basis, (N, 3); axes that a narrow network lacks are 0. */
export function projectTokens({ values, channels: C }: TokenFeatures, basis: PcaBasis): Float32Array<ArrayBuffer> {
  if (basis.mean.length !== C)
    throw new StudioError('internal', `A basis of ${basis.mean.length} channels does not fit features of ${C}.`);
  const N = values.length / C;
  const out = new Float32Array(N * pcaAxes);
  const have = basis.axes.length / C;
  for (let n = 0; n < N; n++)
    for (let a = 0; a < have; a++) {
      let sum = 0;
      for (let c = 0; c < C; c++) sum += (values[n * C + c] - basis.mean[c]) * basis.axes[a * C + c];
      out[n * pcaAxes + a] = sum;
    }
  return out;
}

/**
 * Tokens along three axes (N, 3) → colours (N, 3) of 0 … 255: every axis from its 2 % to its 98 % quantile over the whole
 * clip. An axis on which all tokens are alike is the middle grey.
 */
export function pcaColours(projected: Float32Array): Uint8ClampedArray<ArrayBuffer> {
  const N = projected.length / pcaAxes;
  const out = new Uint8ClampedArray(projected.length);
  for (let a = 0; a < pcaAxes; a++) {
    const sorted = Float64Array.from({ length: N }, (_, n) => projected[n * pcaAxes + a]).sort();
    const low = quantile(sorted, cutOff);
    const width = quantile(sorted, 1 - cutOff) - low;
    for (let n = 0; n < N; n++)
      out[n * pcaAxes + a] = width > 0 ? (255 * (projected[n * pcaAxes + a] - low)) / width : 127.5;
  }
  return out;
}

/** Quantile of sorted numbers, between neighbours in proportion. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/** Cosine of one token with every token of the clip, (N); 1 at its own place, 0 with a token of length 0. */
export function cosineMap(features: TokenFeatures, token: number): Float32Array<ArrayBuffer> {
  const { values, channels: C } = features;
  const N = values.length / C;
  if (!(token >= 0 && token < N))
    throw new StudioError('internal', `Token ${token} does not exist: the clip has ${N}, the first is 0.`);
  const query = values.subarray(token * C, (token + 1) * C);
  return cosinesWith(query, values, C);
}

/** Cosine of a vector (C) with every row of (N, C). */
function cosinesWith(query: ArrayLike<number>, rows: ArrayLike<number>, C: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(rows.length / C);
  let own = 0;
  for (let c = 0; c < C; c++) own += query[c] * query[c];
  for (let n = 0; n < out.length; n++) {
    let product = 0;
    let square = 0;
    for (let c = 0; c < C; c++) {
      const v = rows[n * C + c];
      product += query[c] * v;
      square += v * v;
    }
    const length = Math.sqrt(own * square);
    out[n] = length > 0 ? product / length : 0;
  }
  return out;
}
