import { beforeEach, expect, it, vi } from 'vitest';
import { gridOf } from '../core/config.ts';
import { preset } from '../core/presets.ts';
import { pressToken } from './lab-paint.ts';
import { patchLab, useLab } from './lab.ts';
import { patch, useStudio } from './studio.ts';

vi.mock('./engine.ts', () => ({ ask: () => new Promise(() => {}), send: () => {}, hear: () => {} }));

const base = preset('vit_tiny');
/** 8 × 14 × 14 tokens, and as many otherwise: 2 × 28 × 28 */
const painted = gridOf(base.model);
const other = { ...base.model, crop: 448, frames: 4 };

beforeEach(() => {
  patchLab({ tool: 'brush', brush: 1, reach: 'tubelet', erase: false, corner: null });
  patch({
    screen: 'masks',
    maskSet: 0,
    sets: [],
    viewed: null,
    labConfig: { ...base, masks: [{ kind: 'painted', grid: painted, tokens: [3, 300] }] },
  });
});

const tokens = () => {
  const [mask] = useStudio.getState().labConfig.masks;
  return mask.kind === 'painted' ? mask.tokens : null;
};

it('a dab is added to what is painted', () => {
  pressToken(7);
  expect(tokens()).toEqual([3, 7, 300]);
});

it('a mask of another grid is begun anew, also where that has as many tokens', () => {
  const { labConfig } = useStudio.getState();
  expect(gridOf(other)).toEqual({ t: 2, h: 28, w: 28 });
  patch({ labConfig: { ...labConfig, model: other } });
  pressToken(7);
  expect(tokens()).toEqual([7]);
});

it('a corner that was set on another grid is none', () => {
  patchLab({ tool: 'rectangle' });
  pressToken(7);
  expect(useLab.getState().corner).toBe(7);
  const { labConfig } = useStudio.getState();
  patch({ labConfig: { ...labConfig, seed: 5 } });
  expect(useLab.getState().corner).toBe(7);
  patch({ labConfig: { ...labConfig, model: other } });
  expect(useLab.getState().corner).toBeNull();
});
