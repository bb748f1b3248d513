import { describe, expect, it } from 'vitest';
import { physicsNames } from '../core/physics.ts';
import { physicsEvent, physicsFrames, physicsPairs, physicsVideo } from './physics.ts';

type Video = ReturnType<typeof physicsVideo>;
const [half, end] = [physicsEvent, physicsFrames];

/** Whether frames [from, to) of two videos are the same, byte for byte. */
const same = (a: Video, b: Video, from = 0, to = end): boolean =>
  Array.from({ length: to - from }, (_, i) => Buffer.compare(a.rgb(from + i), b.rgb(from + i))).every((d) => d === 0);

/** Column and row of the middle of what is far from the grey ground, noise and dark bars left out. */
function middle(picture: Uint8Array): { x: number; y: number; pixels: number } {
  let [x, y, pixels] = [0, 0, 0];
  for (let i = 0; i < 64 * 64; i++) {
    if (Math.max(picture[3 * i], picture[3 * i + 1], picture[3 * i + 2]) < 165) continue;
    x += i % 64;
    y += Math.floor(i / 64);
    pixels++;
  }
  return { x: x / pixels, y: y / pixels, pixels };
}

describe('physics pairs', () => {
  it.each(physicsNames)(
    '%s: a pair ends alike and begins apart; every beginning and ending is possible and impossible',
    (property) => {
      const [first, second] = physicsPairs(property, 3);
      for (const { possible, impossible } of [first, second]) {
        expect([possible.frames, impossible.frames]).toEqual([end, end]);
        expect(same(possible, impossible, half)).toBe(true);
        expect(same(possible, impossible, 0, half)).toBe(false);
      }
      // the impossible one begins as the possible one of the other pair
      expect(same(second.impossible, first.possible, 0, half)).toBe(true);
      expect(same(first.impossible, second.possible, 0, half)).toBe(true);
      const [video, again] = [0, 1].map(() => physicsVideo(property, 3, 'a', 'b'));
      expect(same(video, again)).toBe(true);
      expect(same(video, physicsVideo(property, 4, 'a', 'b'))).toBe(false);
    },
  );

  it('a body hides behind the bar at the event, so that nothing is seen of what becomes of it', () => {
    for (const set of [0, 1, 2, 3, 4, 5]) {
      const [there, none] = [physicsVideo('permanence', set, 'a', 'a'), physicsVideo('permanence', set, 'b', 'b')];
      expect(same(there, none, half - 1, half + 1)).toBe(true);
      expect(middle(there.rgb(physicsEvent - 15)).pixels).toBeGreaterThan(20);
      expect(middle(there.rgb(physicsEvent + 15)).pixels).toBeGreaterThan(20);
    }
  });

  it('possible bodies move smoothly, impossible ones jump, or go through the wall', () => {
    for (const set of [0, 1, 2]) {
      const steps = (video: Video, from = 8, to = 32) =>
        Array.from({ length: to - from }, (_, i) => {
          const [a, b] = [middle(video.rgb(from + i)), middle(video.rgb(from + i + 1))];
          return Math.hypot(a.x - b.x, a.y - b.y);
        });
      expect(Math.max(...steps(physicsVideo('continuity', set, 'a', 'a')))).toBeLessThan(3);
      expect(Math.max(...steps(physicsVideo('continuity', set, 'a', 'b')))).toBeGreaterThan(25);
      const sides = (video: Video) => [5, 35].map((f) => Math.sign(middle(video.rgb(f)).x - 31.5));
      const [before, after] = sides(physicsVideo('bounce', set, 'a', 'a'));
      expect(after).toBe(before);
      expect(sides(physicsVideo('bounce', set, 'a', 'b'))).toEqual([before, -before]);
    }
  });

  it('red stays red, or turns blue', () => {
    const hue = (picture: Uint8Array) => {
      let [red, blue] = [0, 0];
      for (let i = 0; i < picture.length; i += 3)
        if (Math.max(picture[i], picture[i + 2]) > 165) [red, blue] = [red + picture[i], blue + picture[i + 2]];
      return red > blue ? 'red' : 'blue';
    };
    const seen = (before: 'a' | 'b', after: 'a' | 'b') =>
      [10, 30].map((f) => hue(physicsVideo('colour', 1, before, after).rgb(f)));
    expect(seen('a', 'a')).toEqual(['red', 'red']);
    expect(seen('a', 'b')).toEqual(['red', 'blue']);
    expect(seen('b', 'a')).toEqual(['blue', 'red']);
  });
});
