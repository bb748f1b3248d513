import { expect, it } from 'vitest';
import { pannedWindows, ratedWindows, windowsOf } from './real.ts';

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
  const rated = ratedWindows({ name: 'a.mp4', label: null, source: video(50) }, 32);
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
  expect(ratedWindows({ name: 'a.mp4', label: 'wave', source: video(31) }, 32)).toEqual([]);
});

/** A picture whose pixels say where they are: red is the column, green the row, blue the frame. */
const placed = (frames: number, width: number, height: number) => ({
  frames,
  width,
  height,
  rgb: (frame: number) =>
    Uint8Array.from({ length: width * height * 3 }, (_, i) => [Math.floor(i / 3) % width, Math.floor(i / 3 / width), frame][i % 3]),
});

it('pans a part of the picture evenly in eight directions, without leaving the picture', () => {
  const panned = pannedWindows({ name: 'a.mp4', label: 'wave', source: placed(50, 96, 64) }, 32);
  expect(panned).toHaveLength(16);
  expect(new Set(panned.map(({ label }) => label)).size).toBe(8);
  expect(new Set(panned.map(({ id }) => id)).size).toBe(16);
  const cornerOf = (index: number, frame: number) => [...panned[index].source.rgb(frame).subarray(0, 3)];
  // the part has 40 of 64 pixels, in the middle at half time; 24 are left for its way
  const ways: Record<string, [first: number[], last: number[]]> = {
    right: [[16, 12, 0], [40, 12, 31]],
    down: [[28, 0, 0], [28, 24, 31]],
    left: [[40, 12, 0], [16, 12, 31]],
    up: [[28, 24, 0], [28, 0, 31]],
  };
  for (const [label, [first, last]] of Object.entries(ways)) {
    const index = panned.findIndex((one) => one.label === label);
    expect([cornerOf(index, 0), cornerOf(index, 31)], label).toEqual([first, last]);
  }
  // diagonally as fast: 24 / sqrt 2 to each side
  const diagonal = panned.findIndex(({ label }) => label === 'down left');
  expect([cornerOf(diagonal, 0), cornerOf(diagonal, 31)]).toEqual([[36, 4, 0], [20, 20, 31]]);
  // the last pixel of the part is 39 to the right of its first and 39 below
  const { source } = panned[0];
  expect([source.width, source.height, source.frames]).toEqual([40, 40, 32]);
  expect([...source.rgb(31).subarray(-3)]).toEqual([79, 51, 31]);
  // the second window begins 16 frames later
  expect(cornerOf(8, 0)).toEqual([16, 12, 16]);
  expect(pannedWindows({ name: 'a.mp4', label: 'wave', source: placed(31, 96, 64) }, 32)).toEqual([]);
});
