// All runs that the origin keeps: the list for the page, what is said of them, files in and out.

import { reportError, StudioError } from '../core/errors.ts';
import { branchPoint } from '../core/lineage.ts';
import { runName } from '../core/run-name.ts';
import { mostName, type NoteChange, noNote, tellNote, type ToldNote } from '../core/run-note.ts';
import { hexDigest } from '../core/hex-digest.ts';
import type { KeptRun, RunOutline } from '../protocol/keeping.ts';
import type { ClipRef } from '../protocol/messages.ts';
import type { Checkpoint } from '../tasks/checkpoint.ts';
import { findClips, type OnFile, recordedForms } from './clip-refs.ts';
import { isMissing } from './folder.ts';
import { checkpointFormat, keep } from './kept-checkpoint.ts';
import type { KeptForm } from '../video/frames.ts';
import type { Library, Post } from './library.ts';
import { removeRun, runIds, storageReport } from './origin-runs.ts';
import { NotKept, type OpenRun, OwnRuns } from './own-runs.ts';
import { askedAgain } from './patient-folder.ts';
import type { RunFolder } from './run-folder.ts';
import { lock, TakenElsewhere } from './run-lock.ts';

/** Milliseconds from the moment at which a deleted run may go until it is looked after; longer than a tab may hold its lock. */
const lookAgain = 100;

/** The turn of what comes in as a file. */
const adding = Symbol('adding');

export class KeptRuns {
  readonly #post: Post;
  readonly #library: Library;
  readonly #own: OwnRuns;
  /** cleaned since the page was opened */
  readonly #cleaned = new Set<string>();
  /** runs that leave where the disk is too full to write that down, and until when they may be taken back */
  readonly #leaving = new Map<string, number>();
  /** the look that was begun last */
  #looks = 0;
  #nextLook: ReturnType<typeof setTimeout> | undefined;
  readonly #changed: () => void;

  /** `changed`: something of what is kept, or of who has it, is not as it was; saves of a run that trains apart. */
  constructor(post: Post, library: Library, changed: () => void = () => {}) {
    this.#post = post;
    this.#library = library;
    this.#changed = changed;
    this.#own = new OwnRuns(changed);
  }

  /** Takes the run for this tab; one that leaves stays. Throws StudioError 'storage' when another one has it. */
  open(runId: string): Promise<OpenRun> {
    return this.#own.take(runId, async (folder) => {
      this.#leaving.delete(runId);
      // what was only remembered may be written all the same, where the storage did not answer
      if ((await folder.note()).leaves !== null) await folder.describe({ leaves: null });
    });
  }

  /**
   * Tells the page what is kept. A run that cannot be read takes no other one out of the list. Of two looks at once only the
   * newer one tells: the older may have read what was changed since.
   */
  async look(): Promise<void> {
    const mine = ++this.#looks;
    try {
      await this.#tell(() => mine === this.#looks);
    } catch (error) {
      if (mine === this.#looks) this.#looks--; // the one before may tell
      throw error;
    }
  }

  async #tell(isNewest: () => boolean): Promise<void> {
    const ids = await askedAgain(runIds);
    const unread: { runId: string; error: unknown }[] = [];
    const failed = (runId: string, error: unknown) => {
      const gone = error instanceof NotKept || isMissing(error); // another tab removed it meanwhile
      if (!gone) unread.push({ runId, error });
      return null;
    };
    const runs = await Promise.all(
      ids.map((id) =>
        this.#own.inTurn(id, () => askedAgain(() => this.#describe(id))).catch((error: unknown) => failed(id, error)),
      ),
    );
    const storage = await askedAgain(storageReport);
    if (!isNewest()) return;
    const there = runs.filter((run) => run !== null).sort((a, b) => b.savedAt - a.savedAt);
    this.#post({ type: 'kept', runs: there, storage });
    if (unread.length) this.#post({ type: 'keptFailed', error: reportError(leftOut(unread)) });
    clearTimeout(this.#nextLook);
    // who has a run open looks again when it is closed
    const idle = there.filter((run) => !run.elsewhere && !this.#own.has(run.runId));
    const soonest = Math.min(...idle.map((run) => run.note.leaves ?? Infinity));
    if (soonest < Infinity)
      this.#nextLook = setTimeout(
        () => void this.look().catch(() => {}),
        Math.max(soonest - Date.now(), 0) + lookAgain,
      );
  }

  /** How the runs that are kept had these files; the one that was saved last counts. */
  async formsOf(files: readonly File[], onFile: OnFile): Promise<ReadonlyMap<File, KeptForm>> {
    const known: { savedAt: number; clips: ClipRef[] }[] = [];
    for (const id of await askedAgain(runIds)) {
      const manifest = await this.#own.work(id, (folder) => folder.manifest()).catch(() => null); // the list tells what is wrong
      if (manifest) known.push({ savedAt: manifest.checkpoints.at(-1)?.savedAt ?? 0, clips: manifest.clips });
    }
    known.sort((a, b) => a.savedAt - b.savedAt);
    return recordedForms(
      files,
      known.flatMap(({ clips }) => clips),
      onFile,
    );
  }

  /** Changes what the user says of a run. One that is open in another tab is left alone. */
  describe(runId: string, change: NoteChange): Promise<void> {
    return this.#own.inTurn(runId, async () => {
      const remembered = change.leaves === null && this.#leaving.delete(runId);
      const mine = this.#own.has(runId);
      const release = mine ? null : await lock(runId);
      if (!mine && !release) throw new TakenElsewhere();
      try {
        await this.#own.work(runId, async (folder) => {
          // on a full disk nothing was written that would have to be taken back
          if (!remembered || (await folder.note()).leaves !== null) await folder.describe(change);
        });
      } catch (error) {
        // deleting is the way out of a full disk, and is promised where the storage does not answer
        if (!change.leaves || !(error instanceof StudioError)) throw error;
        this.#leaving.set(runId, change.leaves);
      } finally {
        release?.();
      }
      this.#changed();
    });
  }

  /** A run without its weights, as its newest checkpoint tells it. */
  async outline(runId: string): Promise<RunOutline> {
    const { readCheckpoint } = await checkpointFormat();
    const bytes = await this.#own.work(runId, (folder) => folder.outline());
    const { config, changes, clips, lineage, step, savedAt, adapter, metrics, health } = readCheckpoint(bytes);
    const parent = branchPoint(lineage);
    return { runId, config, changes, clips, parent, step, savedAt, adapter, metrics, health };
  }

  /** Newest sound checkpoint of a run, as bytes; of those at the accepted steps, if there are any. */
  async newest(
    runId: string,
    accept?: (step: number) => boolean,
  ): Promise<{ bytes: Uint8Array<ArrayBuffer>; passed: number }> {
    return this.#own.work(runId, (folder) => folder.newest(accept));
  }

  /** What a run had after so many steps, if that is kept. */
  async at(runId: string, step: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#own.work(runId, (folder) => folder.at(step));
  }

  /** A run as one file, with what the user says of it. `live`: what it has reached, if it trains here. */
  async exported(runId: string, live: Checkpoint | null): Promise<{ step: number; bytes: Uint8Array<ArrayBuffer> }> {
    const { writeCheckpoint } = await checkpointFormat();
    const { tensorBytes, withMetadata } = await import('../formats/safetensors.ts');
    const { bytes, step } = live ? { bytes: writeCheckpoint(live), step: live.step } : await this.#newest(runId);
    const note = await this.#own
      .work(runId, (folder) => folder.note())
      .catch((error: unknown) => {
        // a run that trains can be taken away wherever nothing can be kept
        if (live) return noNote;
        throw error;
      });
    return { step, bytes: withMetadata(bytes, { note: tellNote(note), sha256: await hexDigest(tensorBytes(bytes)) }) };
  }

  async #newest(runId: string): Promise<{ step: number; bytes: Uint8Array<ArrayBuffer> }> {
    const { bytes, kept } = await this.#own.work(runId, (folder) => folder.newest());
    return { step: kept.step, bytes };
  }

  /**
   * Keeps a checkpoint that came as a file, beside the run of the same name if there is one, and what the file says of it. One
   * after the other, so that two files of one run are two runs, as they are where another tab keeps the other one; a name that
   * the user gave, or that which it is drawn from, says which is which.
   */
  add(checkpoint: Checkpoint, note: ToldNote | null = null): Promise<string> {
    return this.#own.inTurn(adding, async () => {
      const { runId, copy, folder, close } = await this.#newFolder(checkpoint.runId);
      try {
        await askedAgain(async () => {
          const asked = folder.patient();
          await keep(asked, { ...checkpoint, runId });
          // a copy is called as what it is a copy of
          const name = copyName(note?.name || (copy > 1 ? runName(checkpoint.runId) : ''), copy);
          if (note || name) await asked.describe({ ...note, name });
        });
      } catch (error) {
        // what is left the list removes; the first error is the one that explains
        await this.#removed(runId, folder.patient()).catch(() => {});
        throw error;
      } finally {
        close();
      }
      return runId;
    });
  }

  /** An empty folder of this name or, where there is such a run already, of one with a number behind it. */
  async #newFolder(name: string): Promise<OpenRun & { runId: string; copy: number }> {
    const taken = new Set(await askedAgain(runIds));
    for (let i = 1; ; i++) {
      const runId = i === 1 ? name : `${name.slice(0, 56)}-${i}`;
      if (taken.has(runId)) continue;
      const open = await this.open(runId).catch((error: unknown) => {
        if (error instanceof TakenElsewhere) return null; // another tab is making it
        throw error;
      });
      if (!open) continue;
      try {
        if (await askedAgain(() => open.folder.patient().isEmpty())) return { runId, copy: i, ...open };
      } catch (error) {
        open.close();
        throw error;
      }
      open.close(); // another tab has made it meanwhile
    }
  }

  /** One run of the list; null when nothing of it is left. Orphans are removed by whoever can have the lock. */
  async #describe(runId: string): Promise<KeptRun | null> {
    const mine = this.#own.has(runId);
    const release = mine ? null : await lock(runId);
    try {
      const folder = (await this.#own.folder(runId, false)).patient();
      const written = await folder.note();
      const note = { ...written, leaves: this.#leaving.get(runId) ?? written.leaves };
      const over = note.leaves !== null && note.leaves <= Date.now();
      if (over && release) return await this.#removed(runId, folder);
      if (release && !this.#cleaned.has(runId)) {
        await folder.clean();
        this.#cleaned.add(runId);
      }
      const manifest = await folder.manifest();
      const newest = manifest?.checkpoints.at(-1);
      if (!manifest || !newest) return release ? await this.#removed(runId, folder) : null;
      // drawn clips are never missing, and are not drawn for a list
      const files = manifest.clips.filter(({ kind }) => kind === 'file');
      const { missing, otherwise } = await findClips(this.#library, files);
      return {
        runId,
        preset: manifest.preset,
        step: newest.step,
        total: manifest.total,
        savedAt: newest.savedAt,
        steps: manifest.checkpoints.map((c) => c.step),
        bytes: manifest.checkpoints.reduce((n, c) => n + c.bytes, 0),
        elsewhere: !mine && !release && !this.#own.has(runId), // this tab may have taken it meanwhile
        missing,
        otherwise,
        loss: newest.loss,
        note,
      };
    } finally {
      release?.();
    }
  }

  async #removed(runId: string, folder: RunFolder): Promise<null> {
    await folder.empty();
    await removeRun(runId);
    this.#leaving.delete(runId);
    return null;
  }
}

/** The name of a run that is here already has a number behind it. */
function copyName(name: string, copy: number): string {
  const behind = copy > 1 && name ? ` (${copy})` : '';
  return `${name.slice(0, mostName - behind.length)}${behind}`;
}

/** Which runs are not in the list, and why the first of them is not. */
function leftOut(unread: readonly { runId: string; error: unknown }[]): StudioError {
  const [{ runId, error }, ...others] = unread;
  const { code, message } = reportError(error);
  const more = others.length ? ` So could ${others.length} more.` : '';
  return new StudioError(
    code,
    `The kept run ${runName(runId)} could not be read and is not in the list: ${message}${more}`,
    'Nothing of it was removed. Reload the page to try again, or open it with the version of the studio that saved it.',
  );
}
