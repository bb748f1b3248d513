// What the views of the mask lab share: the grid, what each token is, and one picture per tubelet.

import { useMemo } from 'react';
import { gridOf, type MaskConfig, type ModelConfig } from '../core/config.ts';
import { type Grid, sameGrid, tokenCount } from '../core/grid.ts';
import { mostTokens } from '../store/actions.ts';
import { sceneConfig, useStudio, type ViewedClip } from '../store/studio.ts';
import { CONTEXT, paintFrame, paintMask, TARGET, tokenKinds } from './paint.ts';

export interface Counts {
  context: number;
  target: number;
  unused: number;
  all: number;
}

export interface Scene {
  model: ModelConfig;
  grid: Grid;
  mask: MaskConfig | undefined;
  /** per token UNUSED, CONTEXT or TARGET; null when the settings give no mask */
  kinds: Uint8Array | null;
  counts: Counts | null;
}

const whole = (grid: Grid): boolean => [grid.t, grid.h, grid.w].every((n) => Number.isInteger(n) && n > 0);

/** Settings that are refused may ask for a grid that no page could draw: nothing is drawn of it. */
const nothing: Grid = { t: 0, h: 0, w: 0 };
const drawable = (grid: Grid): Grid => (tokenCount(grid) <= mostTokens ? grid : nothing);

export function countKinds(kinds: Uint8Array): Counts {
  const of = (kind: number) => kinds.reduce((n, k) => n + (k === kind ? 1 : 0), 0);
  const [context, target] = [of(CONTEXT), of(TARGET)];
  return { context, target, unused: kinds.length - context - target, all: kinds.length };
}

/** Grid and mask of the shown mask set. A mask painted by hand is shown even while it is refused. */
export function useScene(): Scene {
  const { model, masks } = useStudio(sceneConfig);
  const maskSet = useStudio((s) => s.maskSet);
  const set = useStudio((s) => s.sets[s.maskSet]);
  const mask = masks[maskSet];
  return useMemo(() => {
    const grid = drawable(gridOf(model));
    const kinds =
      mask?.kind === 'painted' && sameGrid(mask.grid, grid)
        ? tokenKinds(
            grid,
            Array.from({ length: tokenCount(grid) }, (_, n) => n),
            mask.tokens,
          )
        : set
          ? tokenKinds(grid, set.context[0], set.target[0])
          : null;
    return { model, grid, mask, kinds, counts: kinds && countKinds(kinds) };
  }, [model, mask, set]);
}

/** Side of a tubelet's picture in pixels. */
export const tubeletSide = 168;

export const framesPerTubelet = (model: ModelConfig): number => (model.frames === 1 ? 1 : model.tubelet);

/** One picture per tubelet: its first frame under the mask. */
function paintTubelets(viewed: ViewedClip, scene: Scene, masked: boolean): OffscreenCanvas[] {
  const { grid, kinds, model } = scene;
  return Array.from({ length: whole(grid) ? grid.t : 0 }, (_, tubelet) => {
    const canvas = new OffscreenCanvas(tubeletSide, tubeletSide);
    const ctx = canvas.getContext('2d');
    if (!ctx) return canvas;
    paintFrame(ctx, tubeletSide, viewed, tubelet * framesPerTubelet(model));
    if (kinds && masked) paintMask(ctx, { grid, tubelet, size: tubeletSide }, kinds);
    return canvas;
  });
}

export function useTubelets(scene: Scene): OffscreenCanvas[] {
  const viewed = useStudio((s) => s.viewed);
  const masked = useStudio((s) => s.maskShown);
  return useMemo(() => (viewed ? paintTubelets(viewed, scene, masked) : []), [viewed, scene, masked]);
}
