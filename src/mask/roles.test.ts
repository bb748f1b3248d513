import { expect, it } from 'vitest';
import { roleArray } from './roles.ts';

it('roles of every token, set by set and clip by clip', () => {
  const { shape, data } = roleArray(
    [
      { context: [Int32Array.of(0), Int32Array.of(3)], target: [Int32Array.of(1, 2), Int32Array.of(0)] },
      { context: [Int32Array.of(2, 3), Int32Array.of(1)], target: [Int32Array.of(0), Int32Array.of(2, 3)] },
    ],
    { t: 2, h: 1, w: 2 },
  );
  expect(shape).toEqual([2, 2, 2, 1, 2]);
  // 0 unused, 1 context, 2 target
  expect([...data]).toEqual([1, 2, 2, 0, 2, 0, 0, 1, 2, 0, 1, 1, 0, 1, 2, 2]);
});
