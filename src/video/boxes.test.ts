import { expect, test } from 'vitest';
import { boxHead, topBoxes, walkBoxes } from './boxes.ts';

const word = (n: number) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
const head = (size: number, type: string) => [...word(size), ...Array.from(type, (c) => c.charCodeAt(0))];
const file = (...parts: number[][]) => new Blob([Uint8Array.from(parts.flat())]);
const nothing = (count: number) => Array<number>(count).fill(0);

async function walked(from: Blob): Promise<string[]> {
  const boxes: string[] = [];
  for await (const { type, at, head: ahead, size } of topBoxes(from)) boxes.push(`${type} ${at} ${ahead} ${size}`);
  return boxes;
}

const whole = file(head(8, 'ftyp'), head(12, 'moov'), nothing(4), head(20, 'mdat'), nothing(12));

test('boxes are walked to the end, with the length that they promise', async () => {
  expect(await walked(whole)).toEqual(['ftyp 0 8 8', 'moov 8 8 12', 'mdat 20 8 20']);
  expect(await walkBoxes(whole)).toEqual({ types: ['ftyp', 'moov', 'mdat'], expectedBytes: 40 });
  expect((await walkBoxes(whole.slice(0, 31))).expectedBytes).toBe(40);
});

test('a length beyond 32 bit stands behind the type, where there is room for it', async () => {
  const long = file(head(1, 'mdat'), word(2), word(0));
  expect(await walked(long)).toEqual(['mdat 0 16 8589934592']);
  expect((await walkBoxes(long)).expectedBytes).toBe(2 ** 33);
  const bytes = new DataView(Uint8Array.from([...head(1, 'mdat'), ...word(2)]).buffer);
  expect(boxHead(bytes, 0, 12)).toEqual({ type: 'mdat', head: 8, size: 1 });
});

test('a length of 0 goes on to the end; what it should be is not told', async () => {
  const open = file(head(8, 'ftyp'), head(0, 'mdat'), nothing(40));
  expect(await walked(open)).toEqual(['ftyp 0 8 8', 'mdat 8 8 0']);
  expect((await walkBoxes(open)).expectedBytes).toBe(0);
});

test('a length that makes no sense ends the walk', async () => {
  const short = file(head(8, 'ftyp'), head(3, 'free'), nothing(40));
  expect(await walked(short)).toEqual(['ftyp 0 8 8', 'free 8 8 3']);
  expect((await walkBoxes(short)).expectedBytes).toBe(8);
});

test('a file of endless small boxes is not walked without end', async () => {
  const many = file(...Array.from({ length: 10_050 }, () => head(8, 'free')));
  expect(await walked(many)).toHaveLength(10_000);
});
