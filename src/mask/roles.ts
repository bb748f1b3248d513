// Masks as one array: what every token of every clip is in every mask set.

import { type Grid, tokenCount } from '../core/grid.ts';
import type { MaskSet } from './cut.ts';

/** The numbers that stand for the roles. */
export const roles = { unused: 0, context: 1, target: 2 } as const;

/** (sets, clips, t, h, w). */
export function roleArray(sets: MaskSet[], grid: Grid): { shape: number[]; data: Uint8Array<ArrayBuffer> } {
  const tokens = tokenCount(grid);
  const clips = sets[0]?.context.length ?? 0;
  const data = new Uint8Array(sets.length * clips * tokens);
  sets.forEach((set, s) => {
    for (let b = 0; b < clips; b++) {
      const first = (s * clips + b) * tokens;
      for (const n of set.context[b]) data[first + n] = roles.context;
      for (const n of set.target[b]) data[first + n] = roles.target;
    }
  });
  return { shape: [sets.length, clips, grid.t, grid.h, grid.w], data };
}
