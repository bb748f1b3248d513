// What a mask set must be like to leave context and targets on a grid.

import type { ConfigProblem, MaskConfig, MultiBlockConfig, PaintedConfig } from './config.ts';
import { type Grid, tokenCount } from './grid.ts';

/** Everything that would keep this mask set from working; `at` is its field, e.g. "masks.0". */
export function checkMask(mask: MaskConfig, at: string, grid: Grid): ConfigProblem[] {
  switch (mask.kind) {
    case 'tube':
      if (mask.ratio > 0 && mask.ratio < 1) return [];
      return [{ field: `${at}.ratio`, message: `tube ratio is ${mask.ratio}: choose a value between 0 and 1` }];
    case 'future':
      return checkFuture(mask.tubelets, at, grid);
    case 'painted':
      return checkPainted(mask, at, grid);
    case 'multiblock':
      return checkBlocks(mask, at);
  }
  return mask satisfies never;
}

function checkFuture(tubelets: number, at: string, grid: Grid): ConfigProblem[] {
  const field = `${at}.tubelets`;
  if (grid.t < 2)
    return [{ field, message: `a clip of ${grid.t} tubelet has no future: choose more frames or another mask` }];
  if (Number.isInteger(tubelets) && tubelets >= 1 && tubelets < grid.t) return [];
  return [
    {
      field,
      message: `${tubelets} of ${grid.t} tubelets are to be predicted: choose a whole number from 1 to ${grid.t - 1}`,
    },
  ];
}

const spelled = (g: Grid): string => `${g.t} × ${g.h} × ${g.w}`;

function checkPainted(mask: PaintedConfig, at: string, grid: Grid): ConfigProblem[] {
  const field = `${at}.tokens`;
  const { grid: own, tokens } = mask;
  if (own.t !== grid.t || own.h !== grid.h || own.w !== grid.w)
    return [
      {
        field,
        message: `the mask was painted on ${spelled(own)} tokens, the model has ${spelled(grid)}: paint it again, or go back to the sizes before`,
      },
    ];
  const all = tokenCount(grid);
  if (!tokens.length) return [{ field, message: 'nothing is painted: paint at least one token to be predicted' }];
  if (tokens.length >= all) return [{ field, message: `all ${all} tokens are painted: leave at least one as context` }];
  const sound = tokens.every((n, i) => Number.isInteger(n) && n >= 0 && n < all && (i === 0 || n > tokens[i - 1]));
  if (sound) return [];
  return [{ field, message: `painted tokens must be ascending whole numbers from 0 to ${all - 1}: paint again` }];
}

function checkBlocks(mask: MultiBlockConfig, at: string): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const refuse = (name: string, message: string) => problems.push({ field: `${at}.${name}`, message });
  const { blocks, maxTemporalKeep, maxKeep } = mask;
  if (!Number.isInteger(blocks) || blocks < 1 || blocks > 256)
    refuse('blocks', `${at}.blocks is ${blocks}: choose a whole number from 1 to 256`);
  for (const [name, [low, high], most] of [
    ['spatialScale', mask.spatialScale, 1],
    ['temporalScale', mask.temporalScale, 1],
    ['aspectRatio', mask.aspectRatio, 16],
  ] as const)
    if (!(low > 0 && low <= high && high <= most))
      refuse(name, `${name} is [${low}, ${high}]: needs 0 < low ≤ high ≤ ${most}`);
  if (!(maxTemporalKeep > 0 && maxTemporalKeep <= 1))
    refuse('maxTemporalKeep', `max temporal keep is ${maxTemporalKeep}: choose a value in (0, 1]`);
  if (maxKeep !== null && !(Number.isInteger(maxKeep) && maxKeep >= 1))
    refuse('maxKeep', `max keep is ${maxKeep}: choose a whole number of context tokens from 1, or none`);
  return problems;
}
