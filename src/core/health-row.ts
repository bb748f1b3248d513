// What one health check of a run found, and how it is read again from a checkpoint.

import { isObject } from './is-object.ts';

/** Features of whole held-out clips through one network, before any normalisation of targets. */
export interface FeatureHealth {
  /** standard deviation over tokens, mean over channels */
  spread: number;
  /** the same of pooled features over clips */
  pooledSpread: number;
  /** share of channels whose spread is below a hundredth of the mean one */
  dead: number;
  /** mean cosine of the pooled features of two clips */
  cosine: number;
  /** effective ranks: of tokens and of pooled features, as they are and less their mean */
  rank: number;
  rankCentred: number;
  pooledRank: number;
  pooledRankCentred: number;
  /** singular values of tokens as they are, largest first, in shares of their sum */
  spectrum: number[];
  /** standard deviation of every channel over tokens, largest first; of many, evenly spread ones; absent in older records */
  spreads?: number[];
}

/** One layer of encoder or predictor; numbers of the last step taken, null before the first. */
export interface LayerHealth {
  name: string;
  gradient: number | null;
  /** length of the last update over that of the weights */
  update: number | null;
  /** distance of the teacher from the student over the student's length; null in the predictor */
  lag: number | null;
}

/** Answers about held-out labels (core/folds.ts); `chance` is what the most frequent class gets. */
export interface ProbeHealth {
  axis: string;
  neighbours: number;
  linear: number;
  chance: number;
  /** labels that an answer rests on, and clips asked */
  train: number;
  test: number;
}

export interface HealthRow {
  /** steps taken; 0: the random weights that the run began with */
  step: number;
  encoder: FeatureHealth;
  target: FeatureHealth;
  /** prediction error of fixed clips under fixed masks */
  loss: number;
  /** the same with the context of another clip, and with the places of the hidden tokens shuffled: must be larger */
  swapped: number;
  permuted: number;
  /** what predicting the mean target, or the target of the nearest context token, would cost */
  meanBaseline: number;
  nearestBaseline: number;
  /** distance of teacher and student over the student's length, all weights */
  lag: number;
  /** steps after which half of the teacher is new; null when it stands still, or before the first step */
  halfLife: number | null;
  layers: LayerHealth[];
  /** share of the steps since the check before whose gradient was clipped; null where clipping was off */
  clipped: number | null;
  /** null where this check did not ask, or there are no labels */
  probes: ProbeHealth[] | null;
  /** of the check itself */
  milliseconds: number;
}

const isNumber = (v: unknown): v is number => typeof v === 'number' && Number.isFinite(v);
const isMaybe = (v: unknown): v is number | null => v === null || isNumber(v);
const isName = (v: unknown): v is string => typeof v === 'string' && v.length <= 100;
const areNumbers = (v: Record<string, unknown>, names: readonly string[]): boolean =>
  names.every((n) => isNumber(v[n]));
const isList = <T>(v: unknown, most: number, is: (one: unknown) => one is T): v is T[] =>
  Array.isArray(v) && v.length <= most && v.every(is);

const isFeatures = (v: unknown): v is FeatureHealth =>
  isObject(v) &&
  areNumbers(v, ['spread', 'pooledSpread', 'dead', 'cosine']) &&
  areNumbers(v, ['rank', 'rankCentred', 'pooledRank', 'pooledRankCentred']) &&
  isList(v.spectrum, 4096, isNumber) &&
  (v.spreads === undefined || isList(v.spreads, 4096, isNumber));

const isLayer = (v: unknown): v is LayerHealth =>
  isObject(v) && isName(v.name) && isMaybe(v.gradient) && isMaybe(v.update) && isMaybe(v.lag);

const isProbe = (v: unknown): v is ProbeHealth =>
  isObject(v) && isName(v.axis) && areNumbers(v, ['neighbours', 'linear', 'chance', 'train', 'test']);

const isRow = (v: unknown): v is HealthRow =>
  isObject(v) &&
  areNumbers(v, ['step', 'loss', 'swapped', 'permuted', 'meanBaseline', 'nearestBaseline', 'lag', 'milliseconds']) &&
  isFeatures(v.encoder) &&
  isFeatures(v.target) &&
  isMaybe(v.halfLife) &&
  isMaybe(v.clipped) &&
  isList(v.layers, 1000, isLayer) &&
  (v.probes === null || isList(v.probes, 20, isProbe));

/** Checks that a run may hold; beyond, every second one goes. */
const mostHealthRows = 400;

/** Health rows that somebody else wrote, ascending; null when they are not sound. */
export function readHealthRows(value: unknown): HealthRow[] | null {
  if (!isList(value, mostHealthRows, isRow)) return null;
  return value.every((row, i) => i === 0 || row.step > value[i - 1].step) ? value : null;
}

/** One more row; the first, which all others are held against, always stays. */
export function withHealthRow(rows: readonly HealthRow[], row: HealthRow): HealthRow[] {
  const all = [...rows.filter((r) => r.step < row.step), row];
  return all.length > mostHealthRows ? all.filter((_, i) => i === 0 || i === all.length - 1 || i % 2 === 0) : all;
}
