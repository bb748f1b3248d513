import { describe, expect, it } from 'vitest';
import { StudioError } from '../core/errors.ts';
import { type Frames, provoke } from './provoke.ts';

/** 4 × 4 pixels; the red of a pixel says which it is, green which frame, blue which video. */
const video = (frames: number, blue = 0, side = 4): Frames => ({
  frames,
  width: side,
  height: side,
  rgb: (f) => Uint8Array.from({ length: side * side * 3 }, (_, i) => [Math.floor(i / 3), f, blue][i % 3]),
});

const order = (v: Frames) => Array.from({ length: v.frames }, (_, f) => v.rgb(f)[1]);
const red = (v: Frames, f: number) => [...v.rgb(f)].filter((_, i) => i % 3 === 0);

describe('a changed video', () => {
  const v = video(8);

  it('freezes, reverses and swaps by the order of its frames', () => {
    expect(order(provoke(v, { kind: 'freeze', from: 2, to: 5 }))).toEqual([0, 1, 2, 2, 2, 5, 6, 7]);
    expect(order(provoke(v, { kind: 'reverse', from: 2, to: 6 }))).toEqual([0, 1, 5, 4, 3, 2, 6, 7]);
    expect(order(provoke(v, { kind: 'swap', from: 1, to: 4 }))).toEqual([0, 4, 5, 6, 1, 2, 3, 7]);
  });

  it('teleports half the width around the edge, and twice is nothing', () => {
    const moved = provoke(v, { kind: 'teleport', from: 3, to: 4 });
    expect(red(moved, 3)).toEqual([2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13]);
    expect(red(provoke(moved, { kind: 'teleport', from: 3, to: 4 }), 3)).toEqual(red(v, 3));
    expect(moved.rgb(2)).toEqual(v.rgb(2));
    expect(moved.rgb(4)).toEqual(v.rgb(4));
  });

  it('covers the middle half and leaves the source as it was', () => {
    const pictures = Array.from({ length: 8 }, (_, f) => v.rgb(f));
    const hidden = provoke({ ...v, rgb: (f) => pictures[f] }, { kind: 'occlude', from: 0, to: 1 });
    expect(red(hidden, 0)).toEqual([0, 1, 2, 3, 4, 128, 128, 7, 8, 128, 128, 11, 12, 13, 14, 15]);
    expect(pictures[0]).toEqual(v.rgb(0));
  });

  it('splices another clip in from its first frame on, as often as it lasts', () => {
    const other = provoke(v, { kind: 'splice', from: 2, to: 7, clipId: 'b' }, video(3, 9));
    expect(order(other)).toEqual([0, 1, 0, 1, 2, 0, 1, 7]);
    expect(Array.from({ length: 8 }, (_, f) => other.rgb(f)[2])).toEqual([0, 0, 9, 9, 9, 9, 9, 0]);
  });

  it('brings a spliced clip to its own size', () => {
    const small = provoke(v, { kind: 'splice', from: 0, to: 1, clipId: 'b' }, video(1, 0, 2));
    expect(red(small, 0)).toEqual([0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3]);
  });

  it('refuses a stretch that is not there', () => {
    for (const [from, to] of [
      [-1, 2],
      [3, 3],
      [2, 9],
      [0.5, 2],
    ])
      expect(() => provoke(v, { kind: 'freeze', from, to })).toThrow(StudioError);
    // told as the page counts: frames 3 to 9 are those of index 2 to 8
    expect(() => provoke(v, { kind: 'freeze', from: 2, to: 9 })).toThrow('frames 3 to 9 cannot be changed');
    expect(() => provoke(v, { kind: 'swap', from: 3, to: 6 })).toThrow('in a video of 8 frames');
    expect(() => provoke(v, { kind: 'splice', from: 0, to: 1, clipId: 'b' })).toThrow(StudioError);
  });
});
