import { expect, it } from 'vitest';
import { ratedWindows, windowsOf } from './real.ts';

const video = (frames: number) => ({ frames, width: 2, height: 1, rgb: (frame: number) => new Uint8Array(6).fill(frame) });

it('cuts a video into windows that stay together', () => {
  const windows = windowsOf('a.mp4', 'wave', video(70), 32);
  expect(windows.map(({ id }) => id)).toEqual(['wave/a.mp4 from 0', 'wave/a.mp4 from 16', 'wave/a.mp4 from 32']);
  expect(new Set(windows.map(({ group }) => group))).toEqual(new Set(['wave/a.mp4']));
  for (const [i, { source, label }] of windows.entries()) {
    expect(source.frames).toBe(32);
    expect(source.rgb(0)[0]).toBe(16 * i);
    expect(source.rgb(31)[5]).toBe(16 * i + 31);
    expect(label).toBe('wave');
  }
  // files of one name in two classes are two videos
  expect(windowsOf('a.mp4', 'lift', video(32), 32)[0].group).not.toBe(windows[0].group);
});

it('takes a short video whole', () => {
  const [only, ...more] = windowsOf('b.mp4', 'wave', video(20), 32);
  expect(more).toEqual([]);
  expect(only.source.frames).toBe(20);
});

it('plays a window at three rates about one middle, all frames of which exist', () => {
  const rated = ratedWindows('a.mp4', null, video(50), 32);
  expect(rated.map(({ label }) => label)).toEqual([1, 2, 4, 1, 2, 4].map((rate) => `every ${rate}`));
  expect(new Set(rated.map(({ id }) => id)).size).toBe(6);
  expect(new Set(rated.map(({ group }) => group))).toEqual(new Set(['/a.mp4']));
  // looked at with every fourth frame
  const seen = rated.map(({ source }) => [0, 4, 8, 28].map((frame) => source.rgb(frame)[0]));
  expect(seen).toEqual([
    [12, 13, 14, 19],
    [8, 10, 12, 22],
    [0, 4, 8, 28],
    [28, 29, 30, 35],
    [24, 26, 28, 38],
    [16, 20, 24, 44],
  ]);
});

it('asks no rate of a video that is shorter than a window', () => {
  expect(ratedWindows('a.mp4', 'wave', video(31), 32)).toEqual([]);
});
