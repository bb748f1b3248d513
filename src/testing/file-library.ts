// A library with files of which the disk may lose some. Their pictures are those of drawn clips, for no decoder runs here.

import { type Clip, DrawnCache, drawnClip } from '../worker/clips.ts';
import { Library } from '../worker/library.ts';

/** A file that the browser cannot read while it is gone. */
export class DiskFile extends File {
  gone = false;

  constructor(name: string) {
    super([`what is in ${name}`], name);
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    if (this.gone) throw new DOMException('The requested file could not be read.', 'NotReadableError');
    return super.arrayBuffer();
  }
}

export class FileLibrary extends Library {
  readonly #files = new Map<string, Clip>();

  /** Files become clips under their names. */
  constructor(files: readonly File[]) {
    super(() => {});
    const cache = new DrawnCache(Infinity);
    for (const [i, file] of files.entries()) {
      const drawn = drawnClip(file.name, 3, i, cache);
      this.#files.set(file.name, { ...drawn, origin: { kind: 'file', file } });
    }
  }

  override files(): Clip[] {
    return [...this.#files.values()];
  }

  override clip(clipId: string): Clip {
    return this.#files.get(clipId) ?? super.clip(clipId);
  }
}
