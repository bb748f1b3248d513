import { expect, it } from 'vitest';
import { Kept } from './kept.ts';

it('keeps what was used last, up to the sum of weights, and the newest in any case', () => {
  const gone: number[] = [];
  const kept = new Kept<number>(
    10,
    (v) => v,
    (v) => gone.push(v),
  );
  kept.put('a', 4);
  kept.put('b', 5);
  expect(kept.get('a')).toBe(4); // used: b is now the oldest
  kept.put('c', 2);
  expect(gone).toEqual([5]);
  expect(kept.get('b')).toBeUndefined();
  kept.put('a', 3); // takes the place of the former one
  expect(gone).toEqual([5, 4]);
  kept.put('d', 99);
  expect(gone).toEqual([5, 4, 2, 3]);
  expect(kept.get('d')).toBe(99);
  kept.clear();
  expect(kept.get('d')).toBeUndefined();
  expect(gone).toEqual([5, 4, 2, 3, 99]);
});
