// What a mask set must be like to leave context and targets on a grid.

import { type ConfigProblem, isValue, type MaskConfig, type MultiBlockConfig, type PaintedConfig } from './config.ts';
import { type Grid, tokenCount } from './grid.ts';
import { attemptsFor, blockSize, keptPositions, seenTubelets } from './mask-sizes.ts';

/** Everything that would keep this mask set from working; `at` is its field, e.g. "masks.0". */
export function checkMask(mask: MaskConfig, at: string, grid: Grid): ConfigProblem[] {
  switch (mask.kind) {
    case 'tube':
      return checkTubes(mask.ratio, at, grid);
    case 'future':
      return checkFuture(mask.tubelets, at, grid);
    case 'painted':
      return checkPainted(mask, at, grid);
    case 'multiblock':
      return checkBlocks(mask, at, grid);
  }
  return mask satisfies never;
}

/** Settings of the model that make no grid, or one beyond all limits, are told by themselves; nothing is counted on such a grid. */
const isGrid = ({ t, h, w }: Grid): boolean => [t, h, w].every((n) => Number.isInteger(n) && n >= 1 && n <= 256);

const percent = Array.from({ length: 100 }, (_, i) => (i + 1) / 100);

function checkTubes(ratio: number, at: string, grid: Grid): ConfigProblem[] {
  const refuse = (message: string) => [{ field: `${at}.ratio`, message }];
  if (!(ratio > 0 && ratio < 1)) return refuse(`hidden share ${isValue(ratio)}: choose a value between 0 and 1`);
  if (!isGrid(grid)) return [];
  const plane = grid.h * grid.w;
  const works = (r: number) => keptPositions(r, grid) >= 1 && keptPositions(r, grid) < plane;
  if (works(ratio)) return [];
  const most = percent.findLast(works);
  return refuse(
    `a hidden share of ${ratio} keeps ${keptPositions(ratio, grid)} of ${plane} positions: choose ${most === undefined ? 'smaller patches' : `a share from 0.01 to ${most}`}`,
  );
}

function checkFuture(tubelets: number, at: string, grid: Grid): ConfigProblem[] {
  const field = `${at}.tubelets`;
  if (grid.t < 2)
    return [{ field, message: `a clip of ${grid.t} tubelet has no future: choose more frames or another mask` }];
  if (Number.isInteger(tubelets) && tubelets >= 1 && tubelets < grid.t) return [];
  return [
    {
      field,
      message: `${Number.isNaN(tubelets) ? 'no number' : tubelets} of ${grid.t} tubelets are to be predicted: choose a whole number from 1 to ${grid.t - 1}`,
    },
  ];
}

/** "0.15", "0.1 to 0.9" */
const spanned = ([low, high]: readonly [number, number]): string => (low === high ? `${low}` : `${low} to ${high}`);

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

function checkBlocks(mask: MultiBlockConfig, at: string, grid: Grid): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const refuse = (name: string, message: string) => problems.push({ field: `${at}.${name}`, message });
  const { blocks, maxTemporalKeep, maxKeep } = mask;
  if (!Number.isInteger(blocks) || blocks < 1 || blocks > 256)
    refuse('blocks', `number of blocks ${isValue(blocks)}: choose a whole number from 1 to 256`);
  for (const [field, name, [low, high], most] of [
    ['spatialScale', 'frame share', mask.spatialScale, 1],
    ['temporalScale', 'time share', mask.temporalScale, 1],
    ['aspectRatio', 'height to width', mask.aspectRatio, 16],
  ] as const)
    if (Number.isNaN(low + high)) refuse(field, `${name} lacks a number: write a lower and an upper one`);
    else if (!(low > 0 && low <= high && high <= most))
      refuse(field, `${name} is ${low} to ${high}: choose numbers above 0, at most ${most}, the lower one first`);
  if (!(maxTemporalKeep > 0 && maxTemporalKeep <= 1))
    refuse('maxTemporalKeep', `context until ${isValue(maxTemporalKeep)}: choose a share above 0, at most 1`);
  if (maxKeep !== null && !(Number.isInteger(maxKeep) && maxKeep >= 1))
    refuse('maxKeep', `context at most ${isValue(maxKeep)}: choose a whole number of tokens from 1, or none`);
  if (problems.length || !isGrid(grid)) return problems;
  const message = sizeProblem(mask, grid);
  if (message) refuse('spatialScale', message);
  return problems;
}

/** Largest uniform draw. */
const last = 1 - 2 ** -32;

/** What is wrong with blocks of which some draw of their size works at no place, or at hardly any: places that leave nothing
 * are drawn again, but an iteration keeps its size. Null when there is no such draw. */
function sizeProblem(mask: MultiBlockConfig, grid: Grid): string | null {
  const { blocks, spatialScale, aspectRatio } = mask;
  const sizes = `blocks of ${spanned(spatialScale)} of the frame, height to width ${spanned(aspectRatio)},`;
  const plane = `${grid.h} × ${grid.w} positions`;
  const scaled = (scale: number) => ({ ...mask, spatialScale: [scale, scale] satisfies [number, number] });
  if (canBeEmpty(mask, grid)) {
    const least = percent.find((scale) => scale >= spatialScale[0] && !canBeEmpty(scaled(scale), grid));
    return `${sizes} can be less than one token high or wide on ${plane}, and hide nothing: choose ${least === undefined ? 'aspect ratios nearer 1, or smaller patches' : `a frame share from ${least}`}`;
  }
  if (leavesContext(mask, grid)) return null;
  const fewer = Array.from({ length: blocks - 1 }, (_, i) => i + 1).findLast((n) =>
    leavesContext({ ...mask, blocks: n }, grid),
  );
  const most = percent.findLast((scale) => leavesContext(scaled(scale), grid) && !canBeEmpty(scaled(scale), grid));
  const shorter = mask.temporalScale[1] === 1 && leavesContext({ ...mask, temporalScale: [last, last] }, grid);
  const ways = [
    ...(fewer === undefined ? [] : [`at most ${fewer} block${fewer > 1 ? 's' : ''}`]),
    ...(most === undefined ? [] : [`a frame share up to ${most}`]),
    ...(shorter ? ['a time share below 1'] : []),
  ];
  const what = leavesContext({ ...mask, blocks: 1 }, grid)
    ? `can be so large on ${plane} that ${blocks} of them hardly ever leave context`
    : `can cover all ${plane} of all ${grid.t} tubelets, and leave no context`;
  return `${sizes} ${what}: choose ${ways.join(' or ') || 'smaller patches'}`;
}

/** Whether a block can be of no height or width, and nothing else is hidden. */
const canBeEmpty = (mask: MultiBlockConfig, grid: Grid): boolean =>
  seenTubelets(mask, grid) === grid.t &&
  (blockSize(mask, grid, [0, 0, 0]).h < 1 || blockSize(mask, grid, [0, 0, last]).w < 1);

/** Whether blocks of every size leave context within the draws that a clip has, but for about one clip in 10¹³. The first
 * token is covered at one place alone, so it is left at least as often as told here. */
function leavesContext(mask: MultiBlockConfig, grid: Grid): boolean {
  const drawn = (aspect: number) => blockSize(mask, grid, [last, last, aspect / 2 ** 32]);
  const highest = 2 ** 32 - 1;
  // of the largest blocks of a height the lowest one is widest, and has the fewest places
  for (let height = drawn(0).h; height <= drawn(highest).h; height++) {
    let [low, high] = [0, highest];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (drawn(middle).h < height) low = middle + 1;
      else high = middle;
    }
    const size = drawn(low);
    const places = (grid.t - size.t + 1) * (grid.h - size.h + 1) * (grid.w - size.w + 1);
    if ((1 - 1 / places) ** mask.blocks * attemptsFor(mask, size) < 30) return false;
  }
  return true;
}
