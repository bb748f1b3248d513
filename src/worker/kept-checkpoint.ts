// A checkpoint in the folder of its run: written with what a list tells of it, which is read from it where the manifest was lost.

import { totalSteps } from '../core/config.ts';
import type { Checkpoint } from '../tasks/checkpoint.ts';
import { originFolder } from './folder.ts';
import { recentLoss, type RunAbout } from './manifest.ts';
import { RunFolder } from './run-folder.ts';

/** A list of runs is told by their manifests: what reads and writes checkpoints comes with the first of them. */
export const checkpointFormat = () => import('../tasks/checkpoint.ts');

/** The folder of a run as the browser hands it out. `damaged`: files of it that were found to be so. */
export const folderOf = (handle: FileSystemDirectoryHandle, damaged: Set<string>): RunFolder =>
  new RunFolder(
    originFolder(handle),
    async (bytes) => {
      const { readCheckpoint } = await checkpointFormat();
      const checkpoint = readCheckpoint(bytes);
      return { ...aboutRun(checkpoint), savedAt: checkpoint.savedAt, loss: lossOf(checkpoint) };
    },
    damaged,
  );

/** Writes a checkpoint into the folder of its run: its bytes, and the steps of all that are there now. */
export async function keep(folder: RunFolder, checkpoint: Checkpoint): Promise<{ bytes: number; steps: number[] }> {
  const { writeCheckpoint } = await checkpointFormat();
  const bytes = writeCheckpoint(checkpoint);
  const { step, savedAt } = checkpoint;
  const what = { step, savedAt, loss: lossOf(checkpoint) };
  const { checkpoints } = await folder.save(bytes, aboutRun(checkpoint), what);
  return { bytes: bytes.length, steps: checkpoints.map((c) => c.step) };
}

const lossOf = ({ metrics }: Checkpoint): number | null => recentLoss(metrics.map((m) => m.loss));

const aboutRun = ({ runId, config, clips }: Checkpoint): RunAbout => ({
  runId,
  preset: config.preset,
  total: totalSteps(config.optim),
  clips,
});
