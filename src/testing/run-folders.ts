// Run folders in memory, with checkpoints that tell their step and nothing else.

import type { Folder } from '../worker/folder.ts';
import { RunFolder } from '../worker/run-folder.ts';
import type { MemoryFolder } from './memory-folder.ts';

export const about = {
  runId: 'run-1',
  preset: 'nano',
  total: 1000,
  clips: [{ kind: 'drawn' as const, seed: 1, first: 0, count: 64 }],
};

/** A checkpoint as far as the folder cares: bytes that tell their step. */
export const content = (step: number, size = 40): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(size).map((_, i) => (i * 31 + step * 7) & 255);
  new DataView(bytes.buffer).setUint32(0, step);
  return bytes;
};
export const stepOf = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);

/** `lossAt`: what a checkpoint says of its loss. */
export const opened = (folder: Folder, lossAt: (step: number) => number | null = () => null) =>
  new RunFolder(folder, (bytes) => {
    const step = stepOf(bytes);
    return { ...about, savedAt: step * 1000, loss: lossAt(step) };
  });
export const save = (folder: MemoryFolder, step: number, loss: number | null = 1, size = 40) =>
  opened(folder).save(content(step, size), about, { step, savedAt: step * 1000, loss });
