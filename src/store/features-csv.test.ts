import { expect, it } from 'vitest';
import type { AttentionMap, PcaMap } from '../protocol/looking-features.ts';
import { featuresCsv, nearCsv, reachCsv } from './features-csv.ts';

const grid = { t: 2, h: 1, w: 1 };
const attention: AttentionMap = {
  kind: 'attention',
  token: 0,
  depth: 2,
  heads: 1,
  shares: Float32Array.of(0.5, 0.5, 0.25, 0.75),
  space: Float32Array.of(0, 8),
  time: Float32Array.of(1, 1.5),
  even: { space: 4, time: 1 },
};

it('writes a line per token, head and found token', () => {
  const pca: PcaMap = {
    kind: 'pca',
    layer: 3,
    projected: Float32Array.of(1, 2, 3, -1, -2, -3),
    colours: Uint8ClampedArray.of(255, 255, 255, 0, 0, 0),
    variances: [1, 4, 9],
    total: 14,
  };
  expect(featuresCsv([{ weights: 'step 5', value: { grid, map: pca } }], 3)).toBe(
    'weights,tubelet,row,column,axis_1,axis_2,axis_3,red,green,blue\n' +
      'step 5,0,0,0,1,2,3,255,255,255\nstep 5,1,0,0,-1,-2,-3,0,0,0\n',
  );
  expect(featuresCsv([{ weights: 'random', value: { grid, map: attention } }], 3)).toBe(
    'weights,tubelet,row,column,block_2_head_1\nrandom,0,0,0,0.25\nrandom,1,0,0,0.75\n',
  );
  expect(
    reachCsv([{ weights: 'random', value: attention }])
      .split('\n')
      .slice(1),
  ).toEqual(['random,1,1,0,1,4,1', 'random,2,1,8,1.5,4,1', '']);
  const near = { clipId: 'a', start: 7, token: 1, cosine: 0.5, side: 0, picture: new Uint8ClampedArray(0) };
  expect(nearCsv([{ weights: 'step 5', value: [near] }], grid, () => 'my "own", clip').split('\n')[1]).toBe(
    'step 5,"my ""own"", clip",7,1,0,0,0.5',
  );
});
