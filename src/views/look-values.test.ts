import { expect, it } from 'vitest';
import { cautions, contextOf, overall, together, trackOf, valuesOf } from './look-values.ts';

const tokens = (count: number[], error: number[], mean: number[]) => ({
  count: Int32Array.from(count),
  error: Float32Array.from(error),
  mean: Float32Array.from(mean),
  copy: Float32Array.from(mean),
});

it('adds mask sets up draw by draw and leaves out what was never hidden', () => {
  const all = together([tokens([1, 0, 2], [4, NaN, 1], [8, NaN, 2]), tokens([3, 0, 0], [0, NaN, NaN], [4, NaN, NaN])]);
  expect([...all.count]).toEqual([4, 0, 2]);
  expect(all.error[0]).toBe(1);
  expect(all.error[2]).toBe(1);
  expect([...valuesOf(all, 'error', 'mean')]).toEqual([
    [0, 1],
    [2, 1],
  ]);
  // baselines: (8 + 3 · 4) / 4 = 5, and 2
  expect(valuesOf(all, 'skill', 'mean').get(0)).toBeCloseTo(0.8);
  expect(valuesOf(all, 'skill', 'copy').get(2)).toBeCloseTo(0.5);
});

it('the skill of groups is that of all their predictions, not the mean of their skills', () => {
  const group = { low: 0, high: 0, copy: 1 };
  const groups = [
    { ...group, targets: 1, error: 1, mean: 1 },
    { ...group, targets: 3, error: 1, mean: 3 },
  ];
  expect(overall(groups, 'skill', 'mean')).toBeCloseTo(1 - 1 / 2.5);
});

it('a curve stands at the frames where its predictions begin', () => {
  const error = Float32Array.of(1, 1, 1, 6, 1, 1, 1);
  const curves = [{ context: 2, error, tubelets: error }];
  const surprise = { starts: [0, 4, 8, 12, 16, 20, 24], every: 4, tubeletFrames: 4, windowFrames: 15, curves };
  const track = trackOf(surprise, 2)!;
  expect(track.frames).toEqual([8, 12, 16, 20, 24, 28, 32]);
  expect(track.peaks).toEqual([3]);
  // of 15 frames the first 8 are seen: what is predicted from frame 20 on reaches frame 26
  expect(track.covers).toBe(7);
  expect(track.apart).toBe(4);
  expect(track.max).toBe(6);
  expect(track.mean).toBeCloseTo(12 / 7);
  expect(track.predicted).toBe(31); // frames 8 to 38
  expect(track.closest).toBeNull();
  expect(trackOf(surprise, 1)).toBeNull();
});

it('closer windows about a change move neither the mean nor what is usual, and let it stand out by itself', () => {
  const starts = [0, 40, 80, 100, 104, 108, 112, 116, 120, 160];
  const error = Float32Array.of(1, 1.1, 1, 4, 5, 9, 5, 4, 1.1, 0.9);
  const curves = [{ context: 1, error, tubelets: error }];
  const track = trackOf({ starts, every: 40, tubeletFrames: 8, windowFrames: 29, curves }, 1)!;
  expect(track.mean).toBeCloseTo(5.1 / 5);
  expect(track.closest).toBe(4);
  expect(track.frames.filter((_, p) => track.peaks.includes(p))).toEqual([116]);
  // 21 frames each, those from 80 to 120 in one piece
  expect(track.predicted).toBe(3 * 21 + 40 + 21);
});

it('says what cannot be compared, and nothing where all can', () => {
  const drawn = { quantity: 'error', target: 'features', comesAlong: true, file: false } as const;
  expect(cautions(drawn)).toEqual([expect.stringContaining('no common scale')]);
  expect(cautions({ ...drawn, quantity: 'skill' })).toEqual([]);
  // pixels are the same for every network
  expect(cautions({ ...drawn, target: 'pixels' })).toEqual([]);
  expect(cautions({ ...drawn, quantity: null, file: true })).toEqual([expect.stringContaining('drawn clips only')]);
  expect(cautions({ ...drawn, quantity: 'skill', comesAlong: false, file: true })).toEqual([]);
});

it('where a run was not measured with the chosen context its shortest is shown', () => {
  const error = Float32Array.of(1);
  const curves = [1, 2, 3].map((context) => ({ context, error, tubelets: error }));
  const surprise = { starts: [0], every: 4, tubeletFrames: 4, windowFrames: 15, curves };
  expect(contextOf(surprise, 2)).toBe(2);
  expect(contextOf(surprise, 4)).toBe(1);
});
