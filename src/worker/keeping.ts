// The commands about kept runs beside the list: taking one up again, what the user says of them, files out and in.

import { byteSize } from '../core/byte-size.ts';
import { StudioError } from '../core/errors.ts';
import { hexDigest } from '../core/hex-digest.ts';
import { branchPoint } from '../core/lineage.ts';
import { readToldNote } from '../core/run-note.ts';
import { lastAdapter } from '../core/trained-on.ts';
import { canRun, roundingOf } from '../core/variant.ts';
import { readMetadata, tensorBytes } from '../formats/safetensors.ts';
import { layoutArena } from '../gpu/arena.ts';
import type { Command, Event } from '../protocol/messages.ts';
import { type Checkpoint, readCheckpoint } from '../tasks/checkpoint.ts';
import { mostCheckpointBytes } from '../tasks/run-memory.ts';
import { runArenas } from '../tasks/run-shape.ts';
import { checkTensors } from '../train/snapshot.ts';
import { findClips, type FoundClips } from './clip-refs.ts';
import type { Gpu } from './gpu.ts';
import type { KeptRuns } from './kept-runs.ts';
import { askedAgain } from './patient-folder.ts';
import { refuseDamaged } from './damaged.ts';
import type { Library, Post } from './library.ts';
import type { Training } from './training.ts';

type Ask<T extends Command['type']> = Extract<Command, { type: T }>;
type Answered = Ask<'restore' | 'describeRun' | 'readRun' | 'exportRun' | 'importRun'>;

export function createKeeping(
  post: Post,
  library: Library,
  gpu: Gpu,
  kept: KeptRuns,
  training: Training,
): (command: Answered) => Promise<void> {
  async function restore({ requestId, runId, rests }: Ask<'restore'>): Promise<void> {
    await training.close(runId); // a run that failed here still holds its lock
    const open = await kept.open(runId);
    try {
      const { bytes, passed } = await askedAgain(() => open.folder.patient().newest());
      const from = checked(bytes);
      const found = await findClips(library, from.clips);
      refuseMissing(found);
      const { open: device } = await gpu.use();
      const { config, step } = from;
      const { clipIds } = found;
      post(restored(requestId, from, clipIds, differences(from, device, found, passed)));
      await training.begin({ runId, config, clipIds, from, rests, saved: step, open: () => Promise.resolve(open) });
    } catch (error) {
      open.close();
      throw error;
    }
  }

  async function describeRun({ requestId, runId, change }: Ask<'describeRun'>): Promise<void> {
    try {
      await kept.describe(runId, change);
      post({ type: 'described', requestId });
    } finally {
      // Its weights go with it; what was said of it stands before that, so that it can be taken back meanwhile.
      if (change.leaves) await training.close(runId);
    }
    await kept.look();
  }

  async function exportRun({ requestId, runId }: Ask<'exportRun'>): Promise<void> {
    const { step, bytes } = await kept.exported(runId, await training.checkpoint(runId));
    post({ type: 'exported', requestId, step, bytes }, [bytes.buffer]);
  }

  async function importRun({ requestId, file }: Ask<'importRun'>): Promise<void> {
    if (file.size > mostCheckpointBytes)
      throw new StudioError(
        'format',
        `${file.name} has ${byteSize(file.size)}, at most ${byteSize(mostCheckpointBytes)} are read.`,
        'Choose a checkpoint that the studio exported.',
      );
    const bytes = new Uint8Array(await file.arrayBuffer());
    const checkpoint = checked(bytes);
    const { note, sha256: told } = readMetadata(bytes);
    refuseDamaged(file.name, checkpoint.tensors, told === undefined || told === (await hexDigest(tensorBytes(bytes))));
    const runId = await kept.add(checkpoint, readToldNote(note));
    post({ type: 'imported', requestId, runId });
    await kept.look();
  }

  return async (command) => {
    switch (command.type) {
      case 'restore':
        return restore(command);
      case 'describeRun':
        return describeRun(command);
      case 'readRun':
        return post({ type: 'runRead', requestId: command.requestId, run: await kept.outline(command.runId) });
      case 'exportRun':
        return exportRun(command);
      case 'importRun':
        return importRun(command);
    }
    return command satisfies never;
  };
}

/** What the page learns of a run that is taken up, or branched off. */
export function restored(
  requestId: string,
  from: Checkpoint,
  clipIds: string[],
  notes: string[],
): Extract<Event, { type: 'restored' }> {
  const { runId, config, step, savedAt, adapter, metrics, changes, lineage } = from;
  return {
    type: 'restored',
    requestId,
    runId,
    config,
    step,
    savedAt,
    adapter,
    metrics,
    changes,
    parent: branchPoint(lineage),
    clipIds,
    notes,
  };
}

/** A checkpoint whose weights are those of its own settings. */
export function checked(bytes: Uint8Array): Checkpoint {
  const checkpoint = readCheckpoint(bytes);
  checkTensors(runArenas(checkpoint.config, layoutArena), checkpoint.tensors);
  return checkpoint;
}

/** Throws StudioError 'video' with the names of files that are not in the library. */
export function refuseMissing({ missing }: FoundClips): void {
  if (missing.length)
    throw new StudioError(
      'video',
      `The run learns from files that are not here: ${list(missing.map((f) => f.name))}.`,
      'Drop them on the page, then take the run up again.',
    );
}

/** What is not as it was when the checkpoint was written. */
export function differences(
  from: Checkpoint,
  device: { name: string; features: readonly string[] },
  { otherwise }: FoundClips,
  passed: number,
): string[] {
  const notes = otherwise.map(
    ({ name, before, now }) =>
      `${name} was kept as ${before} and is now kept as ${now}: from here on the losses are not those of an uninterrupted run.`,
  );
  if (passed)
    notes.push(
      `${passed === 1 ? 'The newest checkpoint was' : `The newest ${passed} checkpoints were`} damaged, the one before was taken.`,
    );
  if (lastAdapter(from.adapter) !== device.name)
    notes.push(
      `The run was saved on ${from.adapter}, this is ${device.name}: the losses go on within rounding, not bit for bit.`,
    );
  else if (!canRun(from.variant, device.features))
    notes.push('The kernels it used cannot run here: the losses go on within rounding, not bit for bit.');
  else if (from.rounding !== undefined && from.rounding !== roundingOf(from.variant))
    notes.push('The kernels it used add up in another order now: the losses go on within rounding, not bit for bit.');
  return notes;
}

const list = (names: string[]): string =>
  names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
