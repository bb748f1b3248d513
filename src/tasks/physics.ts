// Which of two videos surprises a network more, the possible or the impossible one (Garrido et al. 2025). Chance is a half, but
// untrained networks are not chance: what was trained is held against them.

import type { RunConfig } from '../core/config.ts';
import { gridOf } from '../core/config.ts';
import { type Interval, mean, meanInterval, scoreInterval, within, z } from '../core/measures.ts';
import { createArenas } from '../gpu/arena.ts';
import { initialiseNetworks } from '../model/initialise.ts';
import type { PhysicsShares } from '../protocol/looking.ts';
import type { ErrorMapper } from '../train/error-map.ts';
import type { Networks } from '../train/step.ts';
import { physicsNames, type PhysicsProperty } from '../core/physics.ts';
import { physicsPairs } from '../video/physics.ts';
import { runArenas } from './run-shape.ts';
import { surprise } from './surprise.ts';

/** Mean surprise of both videos of a pair. */
export interface PhysicsRow {
  property: PhysicsProperty;
  set: number;
  possible: number;
  impossible: number;
}

export interface PhysicsOptions {
  /** sets of every property; each gives two pairs */
  sets: number;
  /** frames between two windows */
  every: number;
  signal: AbortSignal;
  onProgress: (done: number, total: number) => void;
}

/**
 * Surprise of all pairs: mean over the windows of a video, from half a window of context. Throws StudioError 'cancelled', and
 * 'video' when a window is longer than the videos.
 */
export async function scorePhysics(mapper: ErrorMapper, c: RunConfig, options: PhysicsOptions): Promise<PhysicsRow[]> {
  const { sets, every, signal, onProgress } = options;
  const contexts = [Math.max(1, Math.floor(gridOf(c.model).t / 2))];
  const rows: PhysicsRow[] = [];
  const total = physicsNames.length * sets;
  for (const property of physicsNames)
    for (let set = 0; set < sets; set++) {
      onProgress(rows.length / 2, total);
      for (const pair of physicsPairs(property, set)) {
        const of = async (video: typeof pair.possible) => {
          const { curves } = await surprise(mapper, c, video, { contexts, every, signal, onProgress: () => {} });
          return mean([...curves[0].error]);
        };
        rows.push({ property, set, possible: await of(pair.possible), impossible: await of(pair.impossible) });
      }
    }
  onProgress(total, total);
  return rows;
}

/** Shares of all pairs, and by property. */
export function physicsShares(rows: readonly PhysicsRow[]): PhysicsShares {
  const of = (property: PhysicsProperty) => physicsAccuracy(rows.filter((r) => r.property === property)).accuracy;
  const [permanence, continuity, bounce, colour] = physicsNames.map(of);
  return { permanence, continuity, bounce, colour, all: physicsAccuracy(rows).accuracy };
}

/** Networks that were never trained, number `k`; they are the asker's own. Throws StudioError 'gpu-memory'. */
export async function untrainedNetworks(device: GPUDevice, c: RunConfig, k: number): Promise<Networks> {
  const nets = await createArenas(device, 'untrained networks', (create) =>
    runArenas(c, (label, specs) => create(`untrained ${label}`, specs, false)),
  );
  await initialiseNetworks(device, nets, c.model, firstUntrained + k);
  return nets;
}

/** Seeds of untrained networks are far from those of runs. */
const firstUntrained = 70_000;

/**
 * Share of pairs in which the impossible video surprises more; a tie is half a pair. Pairs of a set share their pictures, so
 * the 95 % interval (t) is over sets; it is no narrower than if every pair were a set.
 */
export function physicsAccuracy(rows: readonly PhysicsRow[]): { accuracy: number; interval: Interval | null } {
  const bySet = new Map<string, number[]>();
  for (const { property, set, possible, impossible } of rows) {
    const right = impossible > possible ? 1 : impossible === possible ? 0.5 : 0;
    const key = `${property} ${set}`;
    bySet.set(key, [...(bySet.get(key) ?? []), right]);
  }
  const shares = [...bySet.values()].map(mean);
  const accuracy = mean(shares);
  const ofSets = meanInterval(shares);
  const ofPairs = scoreInterval(accuracy, rows.length, z);
  const low = Math.min(ofSets?.low ?? 0, ofPairs.low);
  const high = Math.max(ofSets?.high ?? 0, ofPairs.high);
  return { accuracy, interval: ofSets && within({ low, high }, 0, 1) };
}
