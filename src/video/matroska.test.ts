import { expect, test } from 'vitest';
import { mendMatroska } from './matroska.ts';

/** An element: id, size in `width` bytes (null: not told), content. */
const element = (id: number[], content: number[], size: number | null = content.length, width = 4): number[] => {
  const bytes = Array.from({ length: width }, (_, i) => (size === null ? 255 : (size / 256 ** (width - 1 - i)) & 255));
  bytes[0] = size === null ? 0xff >> (width - 1) : bytes[0] | (0x80 >> (width - 1));
  return [...id, ...bytes, ...content];
};
const header = element([0x1a, 0x45, 0xdf, 0xa3], [1, 2, 3], 3, 1);
const tracks = element([0x16, 0x54, 0xae, 0x6b], [9, 9]);
const block = (fill: number) => element([0xa3], Array<number>(10).fill(fill), 10, 1);
const cluster = (blocks: number[][], size?: number | null) => {
  const content = blocks.flat();
  return element([0x1f, 0x43, 0xb6, 0x75], content, size === undefined ? content.length : size, 8);
};
const segment = (children: number[][], size?: number | null) => {
  const content = children.flat();
  return element([0x18, 0x53, 0x80, 0x67], content, size === undefined ? content.length : size, 8);
};
const blob = (bytes: number[]) => new Blob([Uint8Array.from(bytes)]);
const bytesOf = async (file: Blob | undefined) => (file ? [...new Uint8Array(await file.arrayBuffer())] : null);

const three = [block(1), block(2), block(3)];
const whole = [...header, ...segment([tracks, cluster(three), cluster(three)])];

test('a file that is nothing but tiny elements is not walked to its end', async () => {
  // a segment of untold size, then elements of two bytes: more of them than any video has
  const crafted = new Uint8Array(2_100_000).fill(0x80);
  crafted.set([...header, ...segment([], null)]);
  expect(await mendMatroska(new Blob([crafted]))).toBeNull();
  // cut in the middle of a block it would otherwise be mended
  const cut = new Uint8Array([...crafted, 0xa3, 0x8a, 1]);
  expect(await mendMatroska(new Blob([cut]))).toBeNull();
});

test('whole files are left alone', async () => {
  expect(await mendMatroska(blob(whole))).toBeNull();
  expect(await mendMatroska(blob([...header, ...segment([tracks, cluster(three, null)], null)]))).toBeNull();
  expect(await mendMatroska(blob([...header, ...segment([tracks, cluster(three)], null)]))).toBeNull();
  expect(await mendMatroska(blob([0, 0, 0, 8, 102, 116, 121, 112]))).toBeNull();
  expect(await mendMatroska(new Blob([]))).toBeNull();
});

test('a cut cluster ends after its last whole block, the segment with it', async () => {
  // the second cluster loses its third block and half of its second
  const mended = await mendMatroska(blob(whole.slice(0, -18)));
  expect(mended?.expectedBytes).toBe(whole.length);
  expect(await bytesOf(mended?.file)).toEqual([...header, ...segment([tracks, cluster(three), cluster([block(1)])])]);
});

test('a cut between two blocks keeps both sides true', async () => {
  const mended = await mendMatroska(blob(whole.slice(0, -12)));
  expect(await bytesOf(mended?.file)).toEqual([
    ...header,
    ...segment([tracks, cluster(three), cluster([block(1), block(2)])]),
  ]);
});

test('a recording without lengths is cut after its last whole block', async () => {
  const live = [...header, ...segment([tracks, cluster(three, null), cluster(three, null)], null)];
  const mended = await mendMatroska(blob(live.slice(0, -5)));
  expect(mended?.expectedBytes).toBe(0);
  expect(await bytesOf(mended?.file)).toEqual([
    ...header,
    ...segment([tracks, cluster(three, null), cluster([block(1), block(2)], null)], null),
  ]);
});

test('a cut before the first cluster leaves no cluster', async () => {
  const mended = await mendMatroska(blob(whole.slice(0, header.length + 12 + tracks.length + 3)));
  expect(await bytesOf(mended?.file)).toEqual([...header, ...segment([tracks])]);
});
