// The sample tables of an MP4 or MOV file, checked before a demuxer trusts them: run lengths that a flipped byte made
// huge would keep it busy for a minute in one go, and nothing in a thread can interrupt that.

import { byteSize } from '../core/byte-size.ts';
import { boxHead, topBoxes } from './boxes.ts';

/** Largest index that is read, bytes. An hour of video has about 2 MB. */
const mostIndex = 64 * 2 ** 20;

interface Box {
  type: string;
  start: number;
  end: number;
}

function* boxes(view: DataView, from: number, to: number): Generator<Box, void, unknown> {
  let at = from;
  while (at + 8 <= to) {
    const { type, size, head } = boxHead(view, at, to);
    const end = size === 0 ? to : at + size;
    if (end > to || end < at + head) return;
    yield { type, start: at + head, end };
    at = end;
  }
}

const nested = new Set(['trak', 'mdia', 'minf']);

/** Number of samples that a table of runs (count, value) covers, or null when it is not whole. */
function runsIn(view: DataView, box: Box): number | null {
  if (box.start + 8 > box.end) return null;
  const entries = view.getUint32(box.start + 4);
  if (box.start + 8 + entries * 8 > box.end) return null;
  let samples = 0;
  for (let i = 0; i < entries; i++) samples += view.getUint32(box.start + 8 + i * 8);
  return samples;
}

function checkTables(view: DataView, stbl: Box): string | null {
  const found = new Map<string, Box>();
  for (const box of boxes(view, stbl.start, stbl.end)) found.set(box.type, box);
  const sizes = found.get('stsz');
  if (!sizes || sizes.start + 12 > sizes.end) return null;
  const samples = view.getUint32(sizes.start + 8);
  if (view.getUint32(sizes.start + 4) === 0 && sizes.start + 12 + samples * 4 > sizes.end)
    return `it lists ${samples} frames and has room for ${Math.max(0, Math.floor((sizes.end - sizes.start - 12) / 4))}`;
  for (const [type, what] of [
    ['stts', 'durations'],
    ['ctts', 'time shifts'],
  ] as const) {
    const box = found.get(type);
    const covered = box ? runsIn(view, box) : 0;
    if (covered === null) return `its list of ${what} is longer than its box`;
    if (covered > samples + 1) return `it has ${what} for ${covered} frames and lists ${samples}`;
  }
  return null;
}

/** Boxes within boxes that are looked into; a whole index has three. */
const mostDepth = 16;

function checkBoxes(view: DataView, from: number, to: number, depth = 0): string | null {
  for (const box of boxes(view, from, to)) {
    const problem = box.type === 'stbl' ? checkTables(view, box) : null;
    if (problem !== null) return problem;
    if (!nested.has(box.type)) continue;
    if (depth === mostDepth) return `its boxes lie more than ${mostDepth} deep in each other`;
    const deeper = checkBoxes(view, box.start, box.end, depth + 1);
    if (deeper !== null) return deeper;
  }
  return null;
}

/** What contradicts itself in an index (the content of moov), or null. */
export const checkIndex = (moov: Uint8Array): string | null =>
  checkBoxes(new DataView(moov.buffer, moov.byteOffset, moov.byteLength), 0, moov.byteLength);

/** Finds moov among the top-level boxes of a file and checks it. Null when it is fine or missing. */
export async function indexProblem(file: Blob): Promise<{ problem: string; advice: string } | null> {
  for await (const { type, at, head, size } of topBoxes(file)) {
    if (type !== 'moov') continue;
    if (size !== 0 && size < head) return null;
    const index = file.slice(at + head, size === 0 ? file.size : at + size);
    if (index.size > mostIndex)
      return {
        problem: `an index (moov) of ${byteSize(index.size)}, at most ${byteSize(mostIndex)} are read`,
        advice: 'Cut the video into shorter ones',
      };
    const damage = checkIndex(new Uint8Array(await index.arrayBuffer()));
    return damage === null
      ? null
      : { problem: `a damaged index (moov): ${damage}`, advice: 'Copy or download it again' };
  }
  return null;
}
