// Painting a mask by hand: strokes of a brush or rectangles, through time or in one tubelet, as targets or as context.
// A stroke is one step to undo.

import { gridOf, type PaintedConfig } from '../core/config.ts';
import { type Grid, sameGrid, tokenCount, tokenIndex, tokenPosition } from '../core/grid.ts';
import { patchLab, type Reach, useLab } from './lab.ts';
import { changeMask, endStep } from './lab-settings.ts';
import { useStudio } from './studio.ts';

/** A corner on another grid lies elsewhere. */
useStudio.subscribe(({ labConfig: now }, { labConfig: before }) => {
  if (now !== before && useLab.getState().corner !== null && !sameGrid(gridOf(now.model), gridOf(before.model)))
    patchLab({ corner: null });
});

/** Per token 1 where it is a target: the painted mask, or the drawn one to begin with. */
function targetsNow(grid: Grid): Uint8Array {
  const { labConfig, maskSet, sets } = useStudio.getState();
  const mask = labConfig.masks[maskSet];
  const targets = new Uint8Array(tokenCount(grid));
  const drawn = sets[maskSet]?.target[0] ?? [];
  const painted = mask?.kind === 'painted' && sameGrid(mask.grid, grid);
  for (const n of painted ? mask.tokens : drawn) targets[n] = 1;
  return targets;
}

/** What was unused is context then: a painted mask has only two kinds, which the tools say before the first stroke. */
function putTargets(grid: Grid, targets: Uint8Array): void {
  const tokens: number[] = [];
  targets.forEach((on, n) => on && tokens.push(n));
  const mask: PaintedConfig = { kind: 'painted', grid, tokens };
  changeMask(mask, 'stroke');
}

/** First and last tubelet that a stroke at tubelet `t` reaches. */
const reached = (grid: Grid, t: number, reach: Reach): [number, number] =>
  reach === 'clip' ? [0, grid.t - 1] : reach === 'tubelet' ? [t, t] : [t, grid.t - 1];

interface Box {
  rows: [number, number];
  columns: [number, number];
  t: number;
}

function fill({ rows, columns, t }: Box): void {
  const { labConfig } = useStudio.getState();
  const { reach, erase } = useLab.getState();
  const grid = gridOf(labConfig.model);
  const targets = targetsNow(grid);
  const [first, last] = reached(grid, t, reach);
  for (let k = first; k <= last; k++)
    for (let y = Math.max(0, rows[0]); y <= Math.min(grid.h - 1, rows[1]); y++)
      for (let x = Math.max(0, columns[0]); x <= Math.min(grid.w - 1, columns[1]); x++)
        targets[tokenIndex(grid, k, y, x)] = erase ? 0 : 1;
  putTargets(grid, targets);
}

function brushAt(token: number): void {
  const { brush } = useLab.getState();
  const { t, y, x } = tokenPosition(gridOf(useStudio.getState().labConfig.model), token);
  const before = Math.floor((brush - 1) / 2);
  const top = y - before;
  const left = x - before;
  fill({ rows: [top, top + brush - 1], columns: [left, left + brush - 1], t });
}

const span = (a: number, b: number): [number, number] => [Math.min(a, b), Math.max(a, b)];

function rectangle(from: number, to: number): void {
  const grid = gridOf(useStudio.getState().labConfig.model);
  const [a, b] = [tokenPosition(grid, from), tokenPosition(grid, to)];
  fill({ rows: span(a.y, b.y), columns: span(a.x, b.x), t: b.t });
}

/** A pressed pointer on a token: down, moved, up. Rectangles are put when the pointer is lifted. */
export function stroke(token: number, phase: 'start' | 'move' | 'end'): void {
  const { tool, corner } = useLab.getState();
  if (phase === 'start') endStep(true);
  if (tool === 'brush' && phase !== 'end') brushAt(token);
  if (tool === 'rectangle') {
    if (phase === 'start') patchLab({ corner: token });
    if (phase === 'end' && corner !== null) {
      rectangle(corner, token);
      patchLab({ corner: null });
    }
  }
  if (phase === 'end') endStep();
}

/** Enter on a token: a dab of the brush, or one corner of a rectangle and then the other. */
export function pressToken(token: number): void {
  const { tool, corner } = useLab.getState();
  endStep();
  if (tool === 'brush') brushAt(token);
  else if (corner === null) patchLab({ corner: token });
  else {
    rectangle(corner, token);
    patchLab({ corner: null });
  }
  endStep();
}

/** All targets, or none. */
export function paintAll(targets: boolean): void {
  const grid = gridOf(useStudio.getState().labConfig.model);
  endStep();
  putTargets(grid, new Uint8Array(tokenCount(grid)).fill(targets ? 1 : 0));
  endStep();
}
