// The clip library of the worker: files decoded once into a bounded cache, drawn clips, and what the page and the
// trainer read of them.

import { byteSize } from '../core/byte-size.ts';
import { type DrawnLook, drawnId, usualLook } from '../core/drawn-look.ts';
import { reportError, StudioError } from '../core/errors.ts';
import type { Command, Event } from '../protocol/messages.ts';
import { relabelled } from '../video/labels.ts';
import type { DecodedVideo, DecodeOptions } from '../video/decode.ts';
import { formBytes, type KeptForm } from '../video/frames.ts';
import { fingerprint, type OnFile } from './clip-refs.ts';
import { DrawnCache, drawnClip, fileClip, type Clip, type ClipSource } from './clips.ts';

/** Sends an event to the page; `transfer` names the buffers that are handed over. */
export type Post = (event: Event, transfer?: Transferable[]) => void;

type Ask<T extends Command['type']> = Extract<Command, { type: T }>;

/** Bytes of pictures: of one file, of all files, of all drawn clips. */
const fileBudget = 48e6;
const totalBudget = 384e6;
const drawnBudget = 128e6;
/** Below this a file would keep a handful of frames: refuse it instead. */
const leastBudget = 256e3;
/** Where files of runs take more than their share, each of the others has so much, or half of its share where that is less. */
const fairShare = 4e6;
/** Files decoded at a time. */
const parallel = 2;
/** Milliseconds between two progress events of a job. */
const progressEvery = 100;
const mostDrawn = 4096;

/** How kept runs had those of the files that they learn from. */
export type FormsOf = (files: readonly File[], onFile: OnFile) => Promise<ReadonlyMap<File, KeptForm>>;

const noForms: FormsOf = async () => new Map();

/** The memory that a file may take: that of its form, which is reserved, or its share of what is left. */
interface Room {
  form: KeptForm | undefined;
  /** files that are left and share */
  sharing: number;
}

const bytesOf = (form: KeptForm | undefined): number => (form ? formBytes(form) : 0);

/** Holds all clips. */
export class Library {
  readonly #post: Post;
  readonly #formsOf: FormsOf;
  readonly #clips = new Map<string, Clip>();
  readonly #drawn = new DrawnCache(drawnBudget);
  readonly #jobs = new Map<string, AbortController>();
  /** bytes promised to files that are being decoded */
  #reserved = 0;

  constructor(post: Post, formsOf: FormsOf = noForms) {
    this.#post = post;
    this.#formsOf = formsOf;
  }

  /** A clip as the trainer reads it. Throws StudioError('video') when the library has no such clip. */
  source(clipId: string): ClipSource {
    return this.clip(clipId).source;
  }

  /** The clips that came as files. */
  files(): Clip[] {
    return [...this.#clips.values()].filter((clip) => clip.origin.kind === 'file');
  }

  /** Id of a drawn clip, which is made when it is not there; the page need not know of it. */
  drawn(seed: number, index: number, look: DrawnLook = usualLook): string {
    const clipId = drawnId(seed, index, look);
    if (!this.#clips.has(clipId)) this.#clips.set(clipId, drawnClip(clipId, seed, index, this.#drawn, look));
    return clipId;
  }

  /**
   * Decodes the files, two at a time; posts a clip or a failure for each, progress, and jobDone. What a kept run learns from
   * is decoded as it had it, so that it goes on bit for bit; the other files share the memory that is left.
   */
  async addFiles({ jobId, files }: Ask<'addFiles'>): Promise<void> {
    const job = new AbortController();
    this.#jobs.set(jobId, job);
    const shares = new Float64Array(files.length);
    let next = 0;
    let told = -Infinity;
    const tell = (name: string, doing = 'Reading') => {
      if (performance.now() - told < progressEvery) return;
      told = performance.now();
      const done = shares.reduce((a, b) => a + b, 0);
      this.#post({ type: 'progress', jobId, stage: `${doing} ${name}`, done, total: files.length });
    };
    const forms = await this.#promised(
      files.map(({ file }) => file),
      ({ name }) => {
        tell(name, 'Recognising');
        return !job.signal.aborted;
      },
    );
    const work = async () => {
      while (next < files.length && !job.signal.aborted) {
        const at = next++;
        const entry = files[at];
        tell(entry.file.name);
        const sharing = files.slice(at).filter(({ file }) => !forms.has(file)).length;
        await this.#addFile(jobId, entry, { form: forms.get(entry.file), sharing }, job.signal, (share) => {
          shares[at] = share;
          tell(entry.file.name);
        });
        shares[at] = 1;
      }
    };
    await Promise.all(Array.from({ length: parallel }, work));
    for (const { file } of files.slice(next)) this.#reserved -= bytesOf(forms.get(file));
    this.#jobs.delete(jobId);
    this.#post({ type: 'jobDone', jobId, cancelled: job.signal.aborted });
  }

  /** Adds `count` drawn clips of the set `seed`. Those of other looks stay, for who still asks for them: they keep nothing. */
  async addProcedural({ jobId, count, seed, look }: Ask<'addProcedural'>): Promise<void> {
    const job = new AbortController();
    this.#jobs.set(jobId, job);
    for (let index = 0; index < Math.min(count, mostDrawn) && !job.signal.aborted; index++) {
      this.#post({ type: 'clip', jobId, clip: this.clip(this.drawn(seed, index, look)).info });
      // posters of a large set must not hold back the other messages
      if (index % 32 === 31) await new Promise((resolve) => setTimeout(resolve));
    }
    this.#jobs.delete(jobId);
    this.#post({ type: 'jobDone', jobId, cancelled: job.signal.aborted });
  }

  remove({ clipId }: Ask<'removeClip'>): void {
    this.#clips.delete(clipId);
  }

  /** Labels that came from elsewhere than the file, as the official CSV; they take the place of those before them. */
  label({ axis, labels }: Ask<'labelClips'>): void {
    for (const { info, source } of this.files())
      info.labels = source.labels = relabelled(info.labels, axis, labels[info.clipId]);
  }

  cancel({ jobId }: Ask<'cancel'>): void {
    this.#jobs.get(jobId)?.abort();
  }

  /** Answers with clipFrames or requestFailed. Frames beyond the end repeat the last one. */
  async readClip({ requestId, clipId, start, stride, frames, side }: Ask<'readClip'>): Promise<void> {
    try {
      const clip = this.clip(clipId);
      const last = clip.source.frames - 1;
      const wanted = Array.from({ length: frames }, (_, i) => Math.max(0, Math.min(last, start + i * stride)));
      const rgba = await clip.look(wanted, side);
      const times = wanted.map((frame) => clip.time(frame));
      this.#post(
        { type: 'clipFrames', requestId, frames: { clipId, start, stride, side, times, rgba } },
        rgba.map((picture) => picture.buffer),
      );
    } catch (error) {
      this.#post({ type: 'requestFailed', requestId, error: reportError(error) });
    }
  }

  /** Throws StudioError('video') when the library has no such clip. */
  clip(clipId: string): Clip {
    const clip = this.#clips.get(clipId);
    if (clip) return clip;
    throw new StudioError('video', `clip ${clipId} is not in the library`, 'Add it again, or choose another clip');
  }

  /** Loads the decoder with the first file: it is not part of the first screen. */
  protected async decode(file: File, options: DecodeOptions): Promise<DecodedVideo> {
    const { decodeVideo } = await import('../video/decode.ts');
    return decodeVideo(file, file.name, options);
  }

  /**
   * The forms in which kept runs had these files, as far as there is memory for them and the others are not starved; it is
   * reserved.
   */
  async #promised(files: readonly File[], onFile: OnFile): Promise<ReadonlyMap<File, KeptForm>> {
    // where nothing can be kept, no run waits for a file
    const recorded = await this.#formsOf(files, onFile).catch(() => new Map<File, KeptForm>());
    const promised = new Map<File, KeptForm>();
    const least = Math.min(fairShare, (totalBudget - this.#used()) / files.length / 2);
    for (const [file, form] of recorded) {
      const bytes = formBytes(form);
      const others = files.length - promised.size - 1;
      if (bytes > fileBudget || totalBudget - this.#used() - bytes < others * least) continue;
      this.#reserved += bytes;
      promised.set(file, form);
    }
    return promised;
  }

  #used(): number {
    let used = this.#reserved;
    for (const clip of this.#clips.values()) used += clip.cachedBytes;
    return used;
  }

  async #addFile(
    jobId: string,
    { clipId, file, labels }: Ask<'addFiles'>['files'][number],
    room: Room,
    signal: AbortSignal,
    onShare: (share: number) => void,
  ): Promise<void> {
    const { form } = room;
    let budget = bytesOf(form);
    try {
      if (!form) {
        budget = this.#budget(file.name, room.sharing);
        this.#reserved += budget;
      }
      const decoded = await this.decode(file, {
        byteBudget: budget,
        ...(form && { form }),
        signal,
        onProgress: (done, total) => onShare(total ? Math.min(1, done / total) : 0),
      });
      const clip = fileClip(clipId, file, labels, decoded);
      this.#clips.set(clipId, clip);
      // what it takes is counted with it from here on
      this.#reserved -= budget;
      budget = 0;
      const first = await this.#firstOf(clipId, file);
      if (first) clip.info.copyOf = first;
      this.#post({ type: 'clip', jobId, clip: clip.info });
    } catch (error) {
      if (error instanceof StudioError && error.code === 'cancelled') return;
      this.#post({ type: 'clipFailed', jobId, clipId, name: file.name, error: reportError(error) });
    } finally {
      this.#reserved -= budget;
    }
  }

  /** The clip that came first from a file of the same bytes; null for none. Files of other lengths are not looked into. */
  async #firstOf(clipId: string, file: File): Promise<string | null> {
    for (const { info, origin } of this.files()) {
      if (info.clipId === clipId) return null;
      if (origin.kind !== 'file' || origin.file.size !== file.size) continue;
      const [one, other] = await Promise.all([fingerprint(origin.file), fingerprint(file)]).catch(() => ['', '-']);
      if (one === other) return info.copyOf ?? info.clipId;
    }
    return null;
  }

  /** A file's share of what is left, so that many files are kept small rather than the last ones refused. */
  #budget(name: string, sharing: number): number {
    const used = this.#used();
    const share = Math.min(fileBudget, (totalBudget - used) / sharing);
    if (share >= leastBudget) return share;
    throw new StudioError(
      'video',
      `there is no memory left for ${name}: ${byteSize(used)} of ${byteSize(totalBudget)} are in use`,
      'Remove clips from the library, or add fewer files at a time',
    );
  }
}
