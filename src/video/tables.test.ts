import { expect, test } from 'vitest';
import { checkIndex, indexProblem } from './tables.ts';

const word = (n: number) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
const box = (type: string, ...content: number[][]): number[] => {
  const body = content.flat();
  return [...word(body.length + 8), ...Array.from(type, (c) => c.charCodeAt(0)), ...body];
};
const sizes = (list: number[], count = list.length) => box('stsz', word(0), word(0), word(count), list.flatMap(word));
const runs = (type: string, list: [count: number, value: number][], entries = list.length) =>
  box(
    type,
    word(0),
    word(entries),
    list.flatMap(([count, value]) => [...word(count), ...word(value)]),
  );
const moov = (...tables: number[][]) =>
  box('trak', box('tkhd', word(0)), box('mdia', box('minf', box('stbl', ...tables))));
const check = (...tables: number[][]) => checkIndex(Uint8Array.from(moov(...tables)));

test('tables that agree are fine', () => {
  expect(
    check(
      sizes([7, 8, 9]),
      runs('stts', [[3, 512]]),
      runs('ctts', [
        [1, 0],
        [2, 4],
      ]),
    ),
  ).toBeNull();
  expect(check(runs('stts', [[3, 512]]))).toBeNull();
  expect(checkIndex(new Uint8Array(0))).toBeNull();
  expect(checkIndex(Uint8Array.from([0, 0, 0, 1, 1, 2, 3, 4, 5]))).toBeNull();
});

test('tables that contradict each other are named', () => {
  expect(check(sizes([7, 8, 9]), runs('stts', [[2 ** 31, 512]]))).toBe(
    'it has durations for 2147483648 frames and lists 3',
  );
  expect(
    check(
      sizes([7, 8, 9]),
      runs('ctts', [
        [1, 0],
        [70000, 4],
      ]),
    ),
  ).toBe('it has time shifts for 70001 frames and lists 3');
  expect(check(sizes([7, 8, 9], 0x7fffffff))).toBe('it lists 2147483647 frames and has room for 3');
  expect(check(sizes([7]), runs('stts', [[1, 1]], 9))).toBe('its list of durations is longer than its box');
});

test('boxes that lie in each other without end are refused', async () => {
  /** `depth` boxes around what is within */
  const around = (depth: number, within: number[]): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(depth * 8 + within.length);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < depth; i++) {
      view.setUint32(i * 8, bytes.length - i * 8);
      bytes.set(
        Array.from('trak', (c) => c.charCodeAt(0)),
        i * 8 + 4,
      );
    }
    bytes.set(within, depth * 8);
    return bytes;
  };
  const bad = box('stbl', sizes([7]), runs('stts', [[5, 1]]));
  expect(checkIndex(around(16, bad))).toBe('it has durations for 5 frames and lists 1');
  expect(checkIndex(around(16, []))).toBeNull();
  expect(checkIndex(around(17, []))).toBe('its boxes lie more than 16 deep in each other');
  const deep = around(1e6, []);
  const head = [...word(deep.length + 8), ...Array.from('moov', (c) => c.charCodeAt(0))];
  expect(await indexProblem(new Blob([Uint8Array.from(head), deep]))).toEqual({
    problem: 'a damaged index (moov): its boxes lie more than 16 deep in each other',
    advice: 'Copy or download it again',
  });
});

test('the second track is checked too, and moov is found behind other boxes', async () => {
  const good = moov(sizes([7]), runs('stts', [[1, 1]]));
  const bad = moov(sizes([7]), runs('stts', [[5, 1]]));
  const file = (...tracks: number[][]) =>
    new Blob([Uint8Array.from([...box('ftyp', word(0)), ...box('mdat', word(1), word(2)), ...box('moov', ...tracks)])]);
  expect(await indexProblem(file(good, good))).toBeNull();
  expect((await indexProblem(file(good, bad)))?.problem).toBe(
    'a damaged index (moov): it has durations for 5 frames and lists 1',
  );
  expect(await indexProblem(new Blob([Uint8Array.from(box('ftyp', word(0)))]))).toBeNull();
});

test('boxes with 64-bit sizes are looked into, and an index that is too large is refused', async () => {
  const wide = (type: string, content: number[]): number[] => [
    ...word(1),
    ...Array.from(type, (c) => c.charCodeAt(0)),
    ...word(0),
    ...word(content.length + 16),
    ...content,
  ];
  const mdia = box('mdia', box('minf', box('stbl', sizes([7]), runs('stts', [[5, 1]]))));
  const said = 'it has durations for 5 frames and lists 1';
  expect(checkIndex(Uint8Array.from(wide('trak', mdia)))).toBe(said);
  const file = new Blob([Uint8Array.from([...box('ftyp', word(0)), ...wide('moov', box('trak', mdia))])]);
  expect((await indexProblem(file))?.problem).toBe(`a damaged index (moov): ${said}`);
  const huge = new Blob([
    Uint8Array.from([...word(70e6), ...Array.from('moov', (c) => c.charCodeAt(0))]),
    new Uint8Array(70e6),
  ]);
  expect(await indexProblem(huge)).toMatchObject({
    problem: 'an index (moov) of 67 MB, at most 64 MB are read',
    advice: 'Cut the video into shorter ones',
  });
});
