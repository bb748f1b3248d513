import { expect, it } from 'vitest';
import { groupsCsv, surpriseCsv, tokensCsv } from './look-csv.ts';

const group = { low: 1, high: 2, targets: 3, error: 0.5, mean: 1, copy: 0.25 };
const volume = {
  grid: { t: 1, h: 1, w: 2 },
  draws: 1,
  sets: [
    {
      count: Int32Array.of(1, 0),
      error: Float32Array.of(0.5, NaN),
      mean: Float32Array.of(1, NaN),
      copy: Float32Array.of(0.25, NaN),
    },
  ],
  groups: { distance: [group], tubelet: [], motion: [], set: [] },
  motion: Float32Array.of(2, 0),
};

it('writes a line per token, per group and per window', () => {
  expect(
    tokensCsv([{ weights: 'trained', value: volume }])
      .split('\n')
      .slice(1),
  ).toEqual(['trained,0,0,0,0,2,1,0.5,1,0.25', 'trained,0,0,0,1,0,0,,,', '']);
  expect(groupsCsv([{ weights: 'random', value: volume }]).split('\n')[1]).toBe('random,distance,1,2,3,0.5,1,0.25');
  const error = Float32Array.of(0.5, 0.75);
  const value = {
    starts: [0, 4],
    every: 4,
    tubeletFrames: 2,
    windowFrames: 8,
    curves: [{ context: 3, error, tubelets: error }],
  };
  expect(
    surpriseCsv([{ weights: 'trained', video: 'original', value }])
      .split('\n')
      .slice(1),
  ).toEqual(['trained,original,3,0,6,0.5', 'trained,original,3,4,10,0.75', '']);
});
