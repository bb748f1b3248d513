import { expect, test } from 'vitest';
import { FrameStore, formBytes } from './frames.ts';

/** A store of 2 × 1 pictures with room for `most`, to which frames 0 … n−1 were added, each filled with its number. */
function filled(most: number, n: number): FrameStore {
  const store = new FrameStore(2, 1, most * 6);
  for (let i = 0; i < n; i++) store.add(i / 10)?.fill(i);
  return store;
}

test('all frames are kept while they fit', () => {
  const store = filled(8, 8);
  expect([store.frames, store.keptFrames, store.stride, store.bytes]).toEqual([8, 8, 1, 48]);
  for (let i = 0; i < 8; i++) expect(store.rgb(i)).toEqual(new Uint8Array(6).fill(i));
});

test('a long video keeps every k-th frame, within the budget, and all times', () => {
  for (const n of [9, 16, 17, 33, 100, 101]) {
    const store = filled(8, n);
    expect(store.frames).toBe(n);
    expect(store.times).toEqual(Array.from({ length: n }, (_, i) => i / 10));
    expect(store.bytes).toBeLessThanOrEqual(48);
    // more than half of the room is used: no stride is larger than needed
    expect(store.keptFrames).toBe(Math.ceil(n / store.stride));
    expect(store.keptFrames).toBeGreaterThan(4);
    for (let i = 0; i < n; i++) {
      const picture = store.rgb(i)[0];
      expect(picture % store.stride).toBe(0);
      expect(Math.abs(picture - i)).toBeLessThan(store.stride);
    }
  }
});

test('a store of the bytes that another one came to keeps the same frames of the same video', () => {
  for (let most = 2; most < 14; most++)
    for (let n = 1; n < 120; n++) {
      const first = filled(most, n);
      const again = new FrameStore(first.width, first.height, formBytes(first));
      for (let i = 0; i < n; i++) again.add(i / 10)?.fill(i);
      expect([again.keptFrames, again.stride]).toEqual([first.keptFrames, first.stride]);
      expect(again.rgb(n - 1)).toEqual(first.rgb(n - 1));
    }
});

test('a frame whose picture failed is taken back', () => {
  const store = filled(4, 3);
  store.add(0.3)?.fill(9);
  store.dropLast();
  expect([store.frames, store.keptFrames]).toEqual([3, 3]);
  store.add(0.3)?.fill(3);
  expect(store.rgb(3)).toEqual(new Uint8Array(6).fill(3));
});

test('indices beyond the ends give the end', () => {
  const store = filled(8, 5);
  expect(store.rgb(-3)[0]).toBe(0);
  expect(store.rgb(99)[0]).toBe(4);
});
