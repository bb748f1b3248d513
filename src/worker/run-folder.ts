// The checkpoints of one run in one folder. Nothing that was sound is touched before what follows it is: a file is written
// aside, read again and hashed, moved over, and only then named by the manifest, which is written the same way.

import { StudioError } from '../core/errors.ts';
import { breathe } from './breathe.ts';
import type { Folder, OpenFile } from './folder.ts';
import {
  checkpointFile,
  type KeptCheckpoint,
  type Manifest,
  readCheckpointFile,
  readManifest,
  type RunAbout,
  withCheckpoint,
} from './manifest.ts';

const manifestFile = 'manifest.json';
/** Bytes of one write. */
const chunk = 4 * 2 ** 20;

export class RunFolder {
  readonly #folder: Folder;
  /** what a checkpoint says of its run, should the manifest be lost; throws for what is none */
  readonly #describe: (bytes: Uint8Array) => RunAbout & { savedAt: number };

  constructor(folder: Folder, describe: (bytes: Uint8Array) => RunAbout & { savedAt: number }) {
    this.#folder = folder;
    this.#describe = describe;
  }

  /** What is kept, without looking into it; null when there is nothing. */
  async manifest(): Promise<Manifest | null> {
    const bytes = await this.#folder.read(manifestFile);
    return (bytes && readManifest(bytes)) ?? this.#rescued();
  }

  /** Removes what a crash left half done. Only whoever holds the run's lock may. */
  async clean(): Promise<void> {
    const manifest = await this.manifest();
    const named = new Set(manifest?.checkpoints.map((c) => c.file));
    for (const name of await this.#folder.list())
      if (name !== manifestFile && !named.has(name)) await this.#folder.remove(name);
  }

  /** Keeps a checkpoint. When it fails, everything is as it was; StudioError 'storage' says why. */
  async save(
    bytes: Uint8Array<ArrayBuffer>,
    about: RunAbout,
    what: { step: number; savedAt: number; loss: number | null },
  ): Promise<Manifest> {
    const before = await this.manifest();
    const sha256 = await hash(bytes);
    const file = checkpointFile(what.step, sha256);
    await this.#write(file, bytes, sha256);
    const added: KeptCheckpoint = { file, bytes: bytes.length, sha256, ...what };
    const manifest = withCheckpoint(before, about, added);
    try {
      const text = new TextEncoder().encode(JSON.stringify(manifest));
      await this.#write(manifestFile, text, await hash(text));
    } catch (error) {
      if (!before?.checkpoints.some((c) => c.file === file)) await this.#folder.remove(file);
      throw error;
    }
    const named = new Set(manifest.checkpoints.map((c) => c.file));
    for (const c of before?.checkpoints ?? []) if (!named.has(c.file)) await this.#folder.remove(c.file);
    return manifest;
  }

  /** The newest checkpoint whose bytes are what they were, at an accepted step; `passed` counts those that were not sound. */
  async newest(
    accept: (step: number) => boolean = () => true,
  ): Promise<{ bytes: Uint8Array<ArrayBuffer>; kept: KeptCheckpoint; passed: number }> {
    const all = (await this.manifest())?.checkpoints.toReversed() ?? [];
    const checkpoints = all.filter(({ step }) => accept(step));
    for (const [passed, kept] of checkpoints.entries()) {
      const bytes = await this.#folder.read(kept.file);
      if (bytes?.length === kept.bytes && (await hash(bytes)) === kept.sha256) return { bytes, kept, passed };
    }
    throw new StudioError(
      'storage',
      checkpoints.length
        ? `All ${checkpoints.length} checkpoints of this run are damaged.`
        : all.length
          ? `None of the ${all.length} checkpoints of this run is from before it went wrong.`
          : 'There is no checkpoint of this run.',
      'Forget it and train again, or import an exported checkpoint.',
    );
  }

  /** The manifest as the names of the checkpoints tell it, if the file is gone or damaged. */
  async #rescued(): Promise<Manifest | null> {
    let found: Manifest | null = null;
    const named = (await this.#folder.list()).flatMap((file) => {
      const told = readCheckpointFile(file);
      return told ? [{ file, ...told }] : [];
    });
    for (const { file, step, sha256 } of named.sort((a, b) => a.step - b.step)) {
      const bytes = await this.#folder.read(file);
      if (!bytes || (await hash(bytes)) !== sha256) continue;
      const { savedAt, ...about } = this.#describe(bytes);
      found = withCheckpoint(found, about, { file, step, sha256, bytes: bytes.length, savedAt, loss: null });
    }
    return found;
  }

  /** Write aside, flush, read again, hash, move over. */
  async #write(name: string, bytes: Uint8Array<ArrayBuffer>, sha256: string): Promise<void> {
    const aside = `${name}.tmp`;
    try {
      await fill(await this.#folder.create(aside), bytes);
      const again = await this.#folder.read(aside);
      if (!again || (await hash(again)) !== sha256)
        throw new StudioError(
          'storage',
          `${size(bytes.length)} were written to the browser's storage and came back as something else.`,
          'Export the run, and look after the disk.',
        );
      await this.#folder.move(aside, name);
    } catch (error) {
      await this.#folder.remove(aside).catch(() => {}); // clean() will; the first error is the one that explains
      throw isFull(error) ? full(bytes.length) : error;
    }
  }
}

async function fill(file: OpenFile, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  try {
    for (let at = 0; at < bytes.length; at += chunk) {
      const piece = bytes.subarray(at, at + chunk);
      if (file.write(piece, at) !== piece.length) throw full(bytes.length);
      await breathe(); // commands and metrics are not held back by a large file
    }
    file.flush();
    if (file.size() !== bytes.length) throw full(bytes.length);
  } finally {
    file.close();
  }
}

const isFull = (error: unknown): boolean => error instanceof DOMException && error.name === 'QuotaExceededError';

const full = (bytes: number): StudioError =>
  new StudioError(
    'storage',
    `The browser's storage is full: a checkpoint of ${size(bytes)} does not fit. The one before it is still there, and training goes on.`,
    'Forget kept runs, free space on the disk, or export this run to a file.',
  );

const size = (bytes: number): string =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;

async function hash(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (b) => b.toString(16).padStart(2, '0')).join('');
}
