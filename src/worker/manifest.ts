// The manifest of a run's folder: which checkpoints are sound, and what the run is. Pure: text in, plain data out.

import { isCount } from '../core/is-count.ts';
import { isObject } from '../core/is-object.ts';
import type { ClipRef } from '../protocol/messages.ts';
import { readClips } from '../tasks/clip-names.ts';

export interface KeptCheckpoint {
  /** its name holds step and hash, so that it can be told without the manifest too */
  file: string;
  step: number;
  bytes: number;
  /** of the whole file, hexadecimal */
  sha256: string;
  savedAt: number;
  /** mean loss of the last steps before it; null when there was none */
  loss: number | null;
}

/** What a run is, without its weights. Randomness and the place in the data are functions of seed and step. */
export interface RunAbout {
  runId: string;
  preset: string;
  /** steps of the whole run */
  total: number;
  clips: ClipRef[];
}

export interface Manifest extends RunAbout {
  format: typeof format;
  /** ascending by step */
  checkpoints: KeptCheckpoint[];
}

const format = 'v-jepa-studio run folder 1';
/** The newest checkpoints that are kept. */
const newest = 3;
/** Marks along a run, at most so many, and at most so many bytes of them. */
const mostMarks = 8;
const markBytes = 256e6;
/** Steps whose mean loss tells how good a checkpoint is: the loss of one step depends on the masks it happened to draw. */
const lossSteps = 20;

export const checkpointFile = (step: number, sha256: string): string => `step-${step}-${sha256}.safetensors`;

/** Step and hash in the name of a checkpoint; null for any other file. */
export function readCheckpointFile(name: string): { step: number; sha256: string } | null {
  const match = /^step-(\d{1,15})-([0-9a-f]{64})\.safetensors$/.exec(name);
  return match && { step: Number(match[1]), sha256: match[2] };
}

/** Mean of the last losses of a run. */
export function recentLoss(losses: readonly number[]): number | null {
  const last = losses.slice(-lossSteps);
  return last.length ? last.reduce((a, b) => a + b, 0) / last.length : null;
}

/** What else stays than the newest and the best. */
interface Retention {
  pinned: number | null;
  /** steps of the whole run: it is marked along them; null: no marks */
  total: number | null;
}

/**
 * Which checkpoints stay: the newest three, the one with the lowest mean loss, the one that the user pinned, and marks along
 * the run, so that its training can be looked at. The loss is what every run has; it is no proof of good features (a
 * collapsing encoder has a low one too), which is why the newest stay beside it.
 */
export function retained(checkpoints: readonly KeptCheckpoint[], { pinned, total }: Retention): KeptCheckpoint[] {
  const ascending = [...checkpoints].sort((a, b) => a.step - b.step);
  const kept = new Set([...ascending.slice(-newest), ...(total ? marks(ascending, total) : [])]);
  let best: KeptCheckpoint | null = null;
  for (const c of ascending) if (c.loss !== null && (best?.loss ?? Infinity) > c.loss) best = c;
  if (best) kept.add(best);
  return ascending.filter((c) => kept.has(c) || c.step === pinned);
}

/** The first checkpoint of every stretch of a run: all stretches are of one length. */
function marks(ascending: readonly KeptCheckpoint[], total: number): KeptCheckpoint[] {
  const largest = Math.max(1, ...ascending.map((c) => c.bytes));
  const stretches = Math.min(mostMarks, Math.floor(markBytes / largest));
  const stretchOf = (c: KeptCheckpoint) => Math.floor((c.step * stretches) / total);
  return stretches ? ascending.filter((c, i) => i === 0 || stretchOf(c) > stretchOf(ascending[i - 1])) : [];
}

/** The manifest with a new checkpoint, without those that are known to be damaged. Those at or beyond its step belong to a branch
 * that was left. */
export function withCheckpoint(
  before: Manifest | null,
  about: RunAbout,
  added: KeptCheckpoint,
  pinned: number | null,
  damaged: ReadonlySet<string> = new Set(),
): Manifest {
  const others = before?.checkpoints.filter((c) => c.step < added.step && !damaged.has(c.file)) ?? [];
  return { format, ...about, checkpoints: retained([...others, added], { pinned, total: about.total }) };
}

/**
 * The manifest of a run whose own was lost, by its sound checkpoints and what each says of the run; null without any. All of
 * them stay: which are to go is decided with the next save, by somebody who puts a new one in their place.
 */
export function rebuilt(sound: readonly { about: RunAbout; checkpoint: KeptCheckpoint }[]): Manifest | null {
  const byStep = new Map<number, (typeof sound)[number]>();
  for (const found of sound) {
    const { step, savedAt } = found.checkpoint;
    if ((byStep.get(step)?.checkpoint.savedAt ?? 0) <= savedAt) byStep.set(step, found);
  }
  const ascending = [...byStep.values()].sort((a, b) => a.checkpoint.step - b.checkpoint.step);
  const newest = ascending.at(-1);
  return newest ? { format, ...newest.about, checkpoints: ascending.map(({ checkpoint }) => checkpoint) } : null;
}

/** The manifest without marks along the run, and without those that are known to be damaged. */
export const withoutMarks = (
  manifest: Manifest,
  pinned: number | null,
  damaged: ReadonlySet<string> = new Set(),
): Manifest => ({
  ...manifest,
  checkpoints: retained(
    manifest.checkpoints.filter((c) => !damaged.has(c.file)),
    { pinned, total: null },
  ),
});

/** Null for anything that is not a whole manifest: whoever reads it looks at the checkpoints themselves then. */
export function readManifest(bytes: Uint8Array): Manifest | null {
  try {
    const v: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (!isObject(v) || v.format !== format || !Array.isArray(v.checkpoints)) return null;
    const { runId, preset, total } = v;
    if (typeof runId !== 'string' || typeof preset !== 'string' || !isCount(total)) return null;
    const checkpoints = v.checkpoints.map(readEntry);
    if (!checkpoints.every((c) => c !== null)) return null;
    return { format, runId, preset, total, clips: readClips(v.clips), checkpoints };
  } catch {
    return null;
  }
}

function readEntry(v: unknown): KeptCheckpoint | null {
  if (!isObject(v)) return null;
  const { file, step, bytes, sha256, savedAt, loss } = v;
  if (typeof file !== 'string' || !isCount(step) || !isCount(bytes) || typeof sha256 !== 'string') return null;
  const named = readCheckpointFile(file);
  if (named?.step !== step || named.sha256 !== sha256 || !isCount(savedAt)) return null;
  return loss === null || typeof loss === 'number' ? { file, step, bytes, sha256, savedAt, loss } : null;
}
