// The runs that this tab has, and the way into the folder of any: whose lock is taken, and what waits for its turn.

import { StudioError } from '../core/errors.ts';
import { runName } from '../core/run-name.ts';
import { isMissing } from './folder.ts';
import { folderOf } from './kept-checkpoint.ts';
import { allRuns } from './origin-runs.ts';
import { askedAgain, inTime } from './patient-folder.ts';
import type { RunFolder } from './run-folder.ts';
import { lock, TakenElsewhere } from './run-lock.ts';

/** A run that this tab may write. */
export interface OpenRun {
  folder: RunFolder;
  close: () => void;
}

export class OwnRuns {
  readonly #open = new Set<string>();
  /** what reads or changes a run's folder, one after the other: each finds what the one before wrote, and no lock taken */
  readonly #changing = new Map<string | symbol, Promise<unknown>>();
  readonly #changed: () => void;
  /** files that whoever read them found to be damaged, by run: the next save goes by them, whoever makes it */
  readonly #damaged = new Map<string, Set<string>>();

  /** `changed`: a run was taken or given back. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  has(runId: string): boolean {
    return this.#open.has(runId);
  }

  /** Takes a run for this tab; `opened` is done in its folder before others hear of it. Throws StudioError 'storage' when
   * another tab has it. */
  take(runId: string, opened: (folder: RunFolder) => Promise<void>): Promise<OpenRun> {
    const take = async () => {
      await allRuns(); // where the browser keeps nothing, that is what is told
      const release = await lock(runId);
      if (!release) throw new TakenElsewhere();
      this.#open.add(runId);
      const close = () => {
        this.#open.delete(runId);
        release();
        this.#changed();
      };
      try {
        const folder = await this.folder(runId, true);
        await opened(folder.patient());
        this.#changed();
        return { folder, close };
      } catch (error) {
        close();
        throw error;
      }
    };
    return this.inTurn(runId, () => askedAgain(take));
  }

  inTurn<T>(runId: string | symbol, change: () => Promise<T>): Promise<T> {
    const changed = (this.#changing.get(runId) ?? Promise.resolve()).then(change);
    this.#changing.set(
      runId,
      changed.catch(() => {}), // told to who asked
    );
    return changed;
  }

  /** Throws NotKept for one that is not there and is not made. */
  async folder(runId: string, create: boolean): Promise<RunFolder> {
    const all = await allRuns();
    const opening = `open the folder of ${runName(runId)}`;
    const handle = await inTime(opening, all.getDirectoryHandle(runId, { create })).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
      throw new NotKept(runId);
    });
    const damaged = this.#damaged.get(runId) ?? new Set();
    this.#damaged.set(runId, damaged);
    return folderOf(handle, damaged);
  }

  /** Work in the folder of a kept run; once more where the storage loses a question. */
  work<T>(runId: string, work: (folder: RunFolder) => Promise<T>): Promise<T> {
    return askedAgain(async () => work((await this.folder(runId, false)).patient()));
  }
}

export class NotKept extends StudioError {
  constructor(runId: string) {
    super('storage', `The run ${runId} is no longer kept.`, 'Import an exported checkpoint of it.');
  }
}
