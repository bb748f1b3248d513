// The checkpoints of one run in one folder. Nothing that was sound is touched before what follows it is: a file is written
// aside, read again and hashed, moved over, and only then named by the manifest, which is written the same way.

import { StudioError } from '../core/errors.ts';
import { type NoteChange, noNote, readNote, type RunNote, withNote, writeNote } from '../core/run-note.ts';
import { readOneTensor } from '../formats/safetensors.ts';
import { byteSize } from '../core/byte-size.ts';
import { breathe } from '../core/breathe.ts';
import { hexDigest } from '../core/hex-digest.ts';
import type { Folder, OpenFile } from './folder.ts';
import { patientFolder, Unanswered } from './patient-folder.ts';
import {
  checkpointFile,
  type KeptCheckpoint,
  type Manifest,
  readCheckpointFile,
  readManifest,
  rebuilt,
  type RunAbout,
  withCheckpoint,
  withoutMarks,
} from './manifest.ts';

const manifestFile = 'manifest.json';
const noteFile = 'note.json';
/** Ends the name of a file that is being written. */
const aside = '.tmp';
/** Bytes of one write. */
const chunk = 4 * 2 ** 20;
/** Bytes that are asked for at once: a slow disk answers for each piece. */
const piece = 64 * 2 ** 20;

type Told = RunAbout & Pick<KeptCheckpoint, 'savedAt' | 'loss'>;
type Describe = (bytes: Uint8Array) => Told | Promise<Told>;

export class RunFolder {
  readonly #folder: Folder;
  /** what a checkpoint says, should the manifest be lost; throws for what it does not understand */
  readonly #describe: Describe;
  /** files that were found to be something else than was written: the next save puts its own in their place */
  readonly #damaged: Set<string>;

  constructor(folder: Folder, describe: Describe, damaged = new Set<string>()) {
    this.#folder = folder;
    this.#describe = describe;
    this.#damaged = damaged;
  }

  /** The same folder for one piece of work that ends when a question to the storage is lost, see patientFolder. */
  patient(milliseconds?: number): RunFolder {
    return new RunFolder(patientFolder(this.#folder, milliseconds), this.#describe, this.#damaged);
  }

  /** What is kept, without looking into it; null when there is nothing. */
  async manifest(): Promise<Manifest | null> {
    const written = await this.#written();
    if (!written) return this.#rescued();
    // marks that made room on a full disk are gone before a manifest could say so
    const there = new Set(await this.#folder.list());
    return { ...written, checkpoints: written.checkpoints.filter((c) => there.has(c.file)) };
  }

  /** The manifest as it was written; null when it is gone or damaged. */
  async #written(): Promise<Manifest | null> {
    const bytes = await this.#folder.read(manifestFile);
    return bytes && readManifest(bytes);
  }

  /** Removes what a crash left half done, and writes a lost manifest anew. Only whoever holds the run's lock may. */
  async clean(): Promise<void> {
    const names = await this.#folder.list();
    for (const name of names) if (name.endsWith(aside)) await this.#folder.remove(name);
    const written = await this.#written();
    const manifest = written ?? (await this.#rescued());
    if (manifest && !written && !(await this.#published(manifest))) return; // nothing goes that is not named elsewhere
    const named = new Set(manifest?.checkpoints.map((c) => c.file));
    for (const name of names)
      if (name !== manifestFile && name !== noteFile && !named.has(name)) await this.#folder.remove(name);
  }

  /** What the user says of the run; nothing where it cannot be read. */
  async note(): Promise<RunNote> {
    const bytes = await this.#folder.read(noteFile);
    return (bytes && readNote(bytes)) ?? noNote;
  }

  /**
   * Changes the note: the old or the new one is there, whole, whatever happens. Where the disk is full, a run that is had back
   * gives its old note up first: without one it stays too.
   */
  async describe(change: NoteChange): Promise<RunNote> {
    // only a pin asks which checkpoint is the newest: a run that cannot be read can be deleted all the same
    const newest = change.pinned ? ((await this.manifest())?.checkpoints.at(-1)?.step ?? null) : null;
    const note = withNote(await this.note(), change, newest);
    const bytes = writeNote(note);
    const sha256 = await hexDigest(bytes);
    try {
      await this.#write(noteFile, bytes, sha256);
    } catch (error) {
      if (!(error instanceof StorageFull) || change.leaves !== null) throw error;
      await this.#folder.remove(noteFile);
      await this.#write(noteFile, bytes, sha256);
    }
    return note;
  }

  /** Whether there is nothing in it at all. */
  async isEmpty(): Promise<boolean> {
    return (await this.#folder.list()).length === 0;
  }

  /** Removes everything, the note that says so last: what is stopped in between is still a run that is to go. */
  async empty(): Promise<void> {
    for (const name of await this.#folder.list()) if (name !== noteFile) await this.#folder.remove(name);
    await this.#folder.remove(noteFile);
  }

  /** The newest checkpoint that can be read, with no tensor but its table of metrics. The weights are not looked at. */
  async outline(): Promise<Uint8Array<ArrayBuffer>> {
    let problem: unknown = null;
    for (const { file } of (await this.manifest())?.checkpoints.toReversed() ?? []) {
      try {
        return await readOneTensor('metrics', async (from, to) => {
          const bytes = await this.#folder.read(file, from, to);
          if (!bytes) throw new StudioError('storage', `${file} is gone.`, 'Open the list again.');
          return bytes;
        });
      } catch (error) {
        if (error instanceof Unanswered) throw error;
        problem ??= error;
      }
    }
    throw problem ?? new StudioError('storage', 'There is no checkpoint of this run.', 'Delete it.');
  }

  /**
   * Keeps a checkpoint. Where there is no room for it, marks along the run are given up first. When it fails, what was
   * newest is still there; StudioError 'storage' says why.
   */
  async save(
    bytes: Uint8Array<ArrayBuffer>,
    about: RunAbout,
    what: { step: number; savedAt: number; loss: number | null },
  ): Promise<Manifest> {
    const sha256 = await hexDigest(bytes);
    const added: KeptCheckpoint = { file: checkpointFile(what.step, sha256), bytes: bytes.length, sha256, ...what };
    try {
      return await this.#add(bytes, about, added);
    } catch (error) {
      if (!(error instanceof StorageFull) || !(await this.#giveUpMarks())) throw error;
      return this.#add(bytes, about, added);
    }
  }

  async #add(bytes: Uint8Array<ArrayBuffer>, about: RunAbout, added: KeptCheckpoint): Promise<Manifest> {
    const before = await this.manifest();
    const { pinned } = await this.note();
    const { file, sha256 } = added;
    await this.#write(file, bytes, sha256);
    this.#damaged.delete(file);
    const manifest = withCheckpoint(before, about, added, pinned, this.#damaged);
    try {
      await this.#publish(manifest);
    } catch (error) {
      if (!before?.checkpoints.some((c) => c.file === file)) await this.#folder.remove(file);
      throw error;
    }
    await this.#removeUnnamed(before, manifest);
    return manifest;
  }

  /** Whether there were any. */
  async #giveUpMarks(): Promise<boolean> {
    const before = await this.manifest();
    if (!before) return false;
    const manifest = withoutMarks(before, (await this.note()).pinned, this.#damaged);
    if (manifest.checkpoints.length === before.checkpoints.length) return false;
    if (!(await this.#published(manifest))) {
      // not even for the manifest: the marks make room for the one that no longer names them
      await this.#removeUnnamed(before, manifest);
      await this.#publish(manifest);
    }
    await this.#removeUnnamed(before, manifest);
    return true;
  }

  /** Puts a manifest in the place of the one before. */
  async #publish(manifest: Manifest): Promise<void> {
    const text = new TextEncoder().encode(JSON.stringify(manifest));
    await this.#write(manifestFile, text, await hexDigest(text));
  }

  /** Whether there was room for it. */
  async #published(manifest: Manifest): Promise<boolean> {
    try {
      await this.#publish(manifest);
      return true;
    } catch (error) {
      if (error instanceof StorageFull) return false;
      throw error;
    }
  }

  /** Removes what only the manifest before named. */
  async #removeUnnamed(before: Manifest | null, manifest: Manifest): Promise<void> {
    const named = new Set(manifest.checkpoints.map((c) => c.file));
    for (const c of before?.checkpoints ?? []) if (!named.has(c.file)) await this.#folder.remove(c.file);
  }

  /** The checkpoint that was saved at a step. */
  async at(step: number): Promise<Uint8Array<ArrayBuffer>> {
    const kept = (await this.manifest())?.checkpoints.find((c) => c.step === step);
    const bytes = kept && (await this.#sound(kept));
    if (bytes) return bytes;
    throw new StudioError(
      'storage',
      `What the run had after ${step} steps ${kept ? 'is damaged' : 'is no longer kept'}.`,
      'Choose another step.',
    );
  }

  /** Its bytes, if they are what they were. */
  async #sound(kept: KeptCheckpoint): Promise<Uint8Array<ArrayBuffer> | null> {
    const bytes = await this.#whole(kept.file, kept.bytes);
    if (bytes && (await hexDigest(bytes)) === kept.sha256) return bytes;
    this.#damaged.add(kept.file);
    return null;
  }

  /** All bytes of a file of this length; null where there is none. */
  async #whole(name: string, length: number): Promise<Uint8Array<ArrayBuffer> | null> {
    if (length <= piece) {
      const all = await this.#folder.read(name);
      return all?.length === length ? all : null;
    }
    const all = new Uint8Array(length);
    for (let at = 0; at < length; at += piece) {
      const end = Math.min(at + piece, length);
      // one byte more of the last one tells whether the file is longer
      const part = await this.#folder.read(name, at, end === length ? end + 1 : end);
      if (part?.length !== end - at) return null;
      all.set(part, at);
    }
    return all;
  }

  /** The newest checkpoint whose bytes are what they were, at an accepted step; `passed` counts those that were not sound. */
  async newest(
    accept: (step: number) => boolean = () => true,
  ): Promise<{ bytes: Uint8Array<ArrayBuffer>; kept: KeptCheckpoint; passed: number }> {
    const all = (await this.manifest())?.checkpoints.toReversed() ?? [];
    const checkpoints = all.filter(({ step }) => accept(step));
    for (const [passed, kept] of checkpoints.entries()) {
      const bytes = await this.#sound(kept);
      if (bytes) return { bytes, kept, passed };
    }
    throw new StudioError(
      'storage',
      checkpoints.length
        ? `All ${checkpoints.length} checkpoints of this run are damaged.`
        : all.length
          ? `None of the ${all.length} checkpoints of this run is from before it went wrong.`
          : 'There is no checkpoint of this run.',
      'Delete it and train again, or import an exported checkpoint.',
    );
  }

  /**
   * The manifest as the checkpoints tell it, if the file is gone or damaged. Throws what is wrong with one that is whole and
   * not understood, such as another version of the studio may have written: then nothing of the run is touched.
   */
  async #rescued(): Promise<Manifest | null> {
    const sound: { about: RunAbout; checkpoint: KeptCheckpoint }[] = [];
    for (const file of await this.#folder.list()) {
      const named = readCheckpointFile(file);
      const bytes = named && (await this.#folder.read(file));
      if (!bytes || (await hexDigest(bytes)) !== named.sha256) continue;
      const { savedAt, loss, ...about } = await this.#describe(bytes);
      sound.push({ about, checkpoint: { file, ...named, bytes: bytes.length, savedAt, loss } });
    }
    return rebuilt(sound);
  }

  /** Write aside, flush, read again, hash, move over. */
  async #write(name: string, bytes: Uint8Array<ArrayBuffer>, sha256: string): Promise<void> {
    const beside = `${name}${aside}`;
    try {
      await fill(await this.#folder.create(beside), bytes);
      const again = await this.#whole(beside, bytes.length);
      if (!again || (await hexDigest(again)) !== sha256)
        throw new StudioError(
          'storage',
          `${byteSize(bytes.length)} were written to the browser's storage and came back as something else.`,
          'Export the run, and look after the disk.',
        );
      await this.#folder.move(beside, name);
    } catch (error) {
      await this.#folder.remove(beside).catch(() => {}); // clean() will; the first error is the one that explains
      if (!isFull(error) && !(error instanceof NoRoom)) throw error;
      throw new StorageFull(name, bytes.length, (await this.#written()) !== null);
    }
  }
}

async function fill(file: OpenFile, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  try {
    for (let at = 0; at < bytes.length; at += chunk) {
      const piece = bytes.subarray(at, at + chunk);
      if (file.write(piece, at) !== piece.length) throw new NoRoom();
      await breathe(); // commands and metrics are not held back by a large file
    }
    file.flush();
    if (file.size() !== bytes.length) throw new NoRoom();
  } finally {
    file.close();
  }
}

const isFull = (error: unknown): boolean => error instanceof DOMException && error.name === 'QuotaExceededError';

/** Fewer bytes were taken than given: how a full disk shows itself. */
class NoRoom extends Error {}

class StorageFull extends StudioError {
  /** `before`: something of the run is kept already. */
  constructor(name: string, bytes: number, before: boolean) {
    super(
      'storage',
      name === noteFile
        ? "The browser's storage is full: what was written about this run does not fit. What was there before still stands."
        : `The browser's storage is full: ${name === manifestFile ? 'the list of checkpoints' : 'a checkpoint'} of ${byteSize(bytes)} does not fit. ${before ? 'The one before it is still there.' : 'Nothing of this run is kept.'}`,
      before
        ? 'Delete kept runs, free space on the disk, or export this run to a file.'
        : 'Delete kept runs, or free space on the disk.',
    );
  }
}
