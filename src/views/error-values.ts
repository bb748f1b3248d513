// What the error view shows: a map of the current run, or of the stored one when nothing was trained yet.

import type { ModelConfig } from '../core/config.ts';
import { sceneConfig, showsStored, type Studio } from '../store/studio.ts';

export interface ShownMap {
  /** null: random weights */
  step: number | null;
  /** per mask set: error by token */
  sets: { context: ArrayLike<number>; target: ArrayLike<number>; error: ArrayLike<number> }[];
  model: ModelConfig;
  from: 'run' | 'stored';
}

/** What decides which map is shown. */
export const mapFields = [
  'screen',
  'labConfig',
  'run',
  'stored',
  'viewed',
  'whichMap',
  'draw',
  'config',
  'demo',
  'lesson',
] as const satisfies (keyof Studio)[];

type Scene = Pick<Studio, (typeof mapFields)[number]>;

/** The map of the shown clip and mask with the chosen weights; null when there is none. */
export function shownMap(s: Scene, which = s.whichMap): ShownMap | null {
  if (s.run && !showsStored(s)) {
    const map = s.run.maps[which];
    return map && { step: map.step, sets: map.sets, model: s.run.config.model, from: 'run' };
  }
  const { stored } = s;
  if (!stored) return null;
  // maps of the stored run are of its own masks: with other settings they would not fit what is shown beside them
  const { model, masks, seed } = sceneConfig(s);
  const own = stored.config;
  if (JSON.stringify([model, masks, seed]) !== JSON.stringify([own.model, own.masks, own.seed])) return null;
  const map = stored.maps.find(
    (m) =>
      m.clipId === s.viewed?.clipId &&
      m.start === s.viewed.start &&
      m.draw === s.draw &&
      (m.step === null) === (which === 'random'),
  );
  return map ? { step: map.step, sets: map.sets, model, from: 'stored' } : null;
}

/** One scale for every step and both kinds of weights, so that pictures can be compared: from 0 to the largest error seen. */
export function errorRange(s: Pick<Studio, 'demo' | 'run' | 'stored' | 'lesson'>): { low: number; high: number } {
  const maps = s.run && !showsStored(s) ? [s.run.maps.random, s.run.maps.latest] : (s.stored?.maps ?? []);
  let high = 0;
  for (const map of maps)
    for (const set of map?.sets ?? []) for (let i = 0; i < set.error.length; i++) high = Math.max(high, set.error[i]);
  return { low: 0, high: high || 1 };
}

/** Error of one mask set by token. */
export function errorByToken(map: Pick<ShownMap, 'sets'>, set: number): Map<number, number> {
  const { target, error } = map.sets[Math.min(set, map.sets.length - 1)];
  return new Map(Array.from(target, (token, i) => [token, error[i]]));
}

export const meanOf = (values: Iterable<number>): number => {
  let sum = 0;
  let n = 0;
  for (const v of values) {
    sum += v;
    n++;
  }
  return n ? sum / n : 0;
};
