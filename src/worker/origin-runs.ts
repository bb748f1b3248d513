// What is asked of the origin's storage about all runs together: which there are, how full it is. Nobody waits for ever.

import { runName } from '../core/run-name.ts';
import type { StorageReport } from '../protocol/keeping.ts';
import { runsFolder } from './folder.ts';
import { inTime } from './patient-folder.ts';

export async function storageReport(): Promise<StorageReport> {
  const asked = Promise.all([navigator.storage.estimate(), navigator.storage.persisted()]);
  const [{ usage = 0, quota = 0 }, persisted] = await inTime('say how full it is', asked);
  return { persisted, usage, quota };
}

export const allRuns = (): Promise<FileSystemDirectoryHandle> => inTime('open the folder of all runs', runsFolder());

export async function runIds(): Promise<string[]> {
  const all = await allRuns();
  const names = async () => {
    const ids: string[] = [];
    for await (const id of all.keys()) ids.push(id);
    return ids;
  };
  return inTime('list the runs', names());
}

/** Of an empty run: where the storage answers late, no run that has its name by then goes with it. */
export async function removeRun(runId: string): Promise<void> {
  const all = await allRuns();
  await inTime(`remove the folder of ${runName(runId)}`, all.removeEntry(runId));
}
