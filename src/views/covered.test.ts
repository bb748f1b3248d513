import { expect, it } from 'vitest';
import { coverTargets } from './covered.ts';
import { CONTEXT, TARGET, UNUSED } from './paint.ts';

it('takes out the pictures of targets and of nothing else', () => {
  const rgba = Array.from({ length: 4 }, (_, f) => new Uint8ClampedArray(4 * 4 * 4).fill(10 + f));
  const clip = { clipId: 'c', name: 'c', start: 0, side: 4, times: [0, 1, 2, 3], rgba };
  // two tubelets of two frames, one row of two tokens
  const kinds = Uint8Array.of(TARGET, CONTEXT, UNUSED, TARGET);
  const covered = coverTargets(clip, { t: 2, h: 1, w: 2 }, kinds, 2).rgba.map((p) => [p[0], p[4], p[8], p[12], p[63]]);
  expect(covered).toEqual([
    [245, 245, 10, 10, 10],
    [245, 245, 11, 11, 11],
    [12, 12, 245, 245, 255],
    [13, 13, 245, 245, 255],
  ]);
  expect(rgba[0][0]).toBe(10);
});
