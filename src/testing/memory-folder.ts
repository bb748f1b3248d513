// A folder in memory that fails as storage does: full (a byte count that cannot be, as Chromium gives it), cut off in the
// middle of anything, bytes that come back as others.

import type { Folder } from '../worker/folder.ts';

export class Crash extends Error {}

export class MemoryFolder implements Folder {
  files = new Map<string, Uint8Array<ArrayBuffer>>();
  /** bytes of all files together */
  quota = Infinity;
  /** operations until the machine stops; then every operation throws */
  left = Infinity;
  operations = 0;
  /** largest single write */
  largest = 0;
  /** the next file that is written is flipped in this bit once it is closed */
  flip: number | null = null;

  #step(): void {
    this.operations++;
    if (this.left-- <= 0) throw new Crash('stopped');
  }

  async list() {
    this.#step();
    return [...this.files.keys()].sort();
  }

  async read(name: string, from?: number, to?: number) {
    this.#step();
    return this.files.get(name)?.slice(from, to) ?? null;
  }

  async create(name: string) {
    this.#step();
    this.files.set(name, new Uint8Array());
    return {
      write: (bytes: Uint8Array<ArrayBuffer>, at: number) => {
        // the machine may stop within a write: half of it is there
        const torn = this.left === 0;
        const file = this.files.get(name) ?? new Uint8Array();
        const piece = torn ? bytes.subarray(0, bytes.length >> 1) : bytes;
        let used = 0;
        for (const [other, { length }] of this.files) if (other !== name) used += length;
        if (used + at + piece.length > this.quota) return 4294967288;
        const grown = new Uint8Array(Math.max(file.length, at + piece.length));
        grown.set(file);
        grown.set(piece, at);
        this.files.set(name, grown);
        this.largest = Math.max(this.largest, bytes.length);
        this.#step();
        return bytes.length;
      },
      size: () => this.files.get(name)?.length ?? 0,
      flush: () => this.#step(),
      close: () => {
        if (this.flip === null) return;
        const file = this.files.get(name);
        if (file) file[(this.flip >> 3) % file.length] ^= 1 << (this.flip & 7);
        this.flip = null;
      },
    };
  }

  async move(from: string, to: string) {
    this.#step();
    const file = this.files.get(from);
    if (!file) throw new Error(`no file ${from}`);
    this.files.delete(from);
    this.files.set(to, file);
  }

  async remove(name: string) {
    this.#step();
    this.files.delete(name);
  }
}
