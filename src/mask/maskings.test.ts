// Every named masking on the official grid: what it must hide by its own definition.

import { describe, expect, it } from 'vitest';
import { checkConfig, type MaskConfig } from '../core/config.ts';
import { officialMasks, preset } from '../core/presets.ts';
import { drawMasks } from './draw.ts';
import { firstCompared, maskings, maskName, setNames } from './maskings.ts';

const grid = { t: 8, h: 14, w: 14 };
const plane = 196;

function drawn(name: string) {
  const found = maskings.find((m) => m.name === name);
  if (!found) throw new Error(`no masking is named ${name}`);
  const sampling = { masks: [found.mask], cut: 'none', sequence: 'official', seed: 3 } as const;
  const [set] = drawMasks({ ...sampling, masks: [...sampling.masks] }, grid, 4, 5).sets;
  return set;
}

describe('named maskings', () => {
  it.each(maskings.map((m) => [m.name, m.mask] as const))('%s works with the official model', (_, mask) => {
    expect(checkConfig({ ...preset('vit_large'), masks: [mask] })).toEqual([]);
  });

  it('tubes keep int(196 · 0.1) = 19 places, the same in all 8 tubelets', () => {
    const { context, target } = drawn('random tubes');
    expect(context.map((l) => l.length)).toEqual([152, 152, 152, 152]);
    expect(target.map((l) => l.length)).toEqual([1416, 1416, 1416, 1416]);
    expect(new Set(Array.from(context[0], (n) => n % plane)).size).toBe(19);
  });

  it('future only predicts the last two tubelets whole', () => {
    const { context, target } = drawn('future only');
    expect([context[0][0], context[0].at(-1), context[0].length]).toEqual([0, 6 * plane - 1, 6 * plane]);
    expect([target[0][0], target[0].length]).toEqual([6 * plane, 2 * plane]);
  });

  it('causal has no context in the last quarter', () => {
    for (const list of drawn('causal').context) expect(list.at(-1)).toBeLessThan(6 * plane);
  });

  it('full complement leaves nothing unused', () => {
    const { context, target } = drawn('full complement');
    context.forEach((list, b) => expect(list.length + target[b].length).toBe(1568));
  });

  it('are named by what they are', () => {
    expect(maskings.map((m) => maskName(m.mask))).toEqual([
      '8 × 0.15',
      '2 × 0.7',
      'tube 0.9',
      '8 × 0.15',
      'last 2',
      '8 × 0.15',
      '2 × 0.7',
    ]);
  });
});

it('up to four sets are named on their switch, more are numbered', () => {
  const [short, long] = officialMasks();
  expect(setNames([short, long, short, long])).toEqual(['8 × 0.15', '2 × 0.7', '8 × 0.15', '2 × 0.7']);
  expect(setNames([short, long, short, long, short])).toEqual(['1', '2', '3', '4', '5']);
});

it('a comparison begins with the own masking of the chosen set, and with named ones where it has a name', () => {
  const painted: MaskConfig = { kind: 'painted', grid: { t: 1, h: 2, w: 2 }, tokens: [3] };
  const names = (masks: MaskConfig[], set: number) => firstCompared(masks, set).map((c) => c.name);
  expect(names(officialMasks(), 1)).toEqual(['short range', 'long range', 'random tubes']);
  expect(names([...officialMasks(), painted], 2)).toEqual(['set 3, painted', 'short range', 'long range']);
  expect(firstCompared([painted], 0)[0].mask).toBe(painted);
  expect(names([], 0)).toHaveLength(3);
});
