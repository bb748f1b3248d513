// Where and when prediction fails, in the worker. Each job looks at a copy of the run's networks, so that every pass of it
// sees the same weights, while training takes its steps in between.

import { StudioError } from '../core/errors.ts';
import type { RunConfig } from '../core/config.ts';
import type { Provocation } from '../core/provocation.ts';
import { destroyArena } from '../gpu/arena.ts';
import type { ErrorVolume, Looked, LookingCommand, Surprise } from '../protocol/looking.ts';
import { viewedClip } from '../tasks/clips.ts';
import { errorVolume } from '../tasks/error-volume.ts';
import { stepShape } from '../tasks/pretrain.ts';
import { surprise } from '../tasks/surprise.ts';
import { ErrorMapper } from '../train/error-map.ts';
import { type Frames, provoke } from '../video/provoke.ts';
import { squareOf } from '../video/scale.ts';
import type { Gpu } from './gpu.ts';
import type { Library, Post } from './library.ts';
import type { Training } from './training.ts';

type Ask<T extends LookingCommand['type']> = Extract<LookingCommand, { type: T }>;

/** Results that are kept; the oldest goes first. */
const mostKept = 48;
const mostDraws = 1000;
/** Milliseconds between two progress events. */
const progressEvery = 150;

interface Result<T> {
  step: number | null;
  value: T;
}

interface Job {
  signal: AbortSignal;
  onProgress: (done: number, total: number) => void;
}

export class Looking {
  readonly #post: Post;
  readonly #library: Library;
  readonly #gpu: Gpu;
  readonly #training: Training;
  readonly #jobs = new Map<string, AbortController>();
  readonly #volumes = new Map<string, Result<ErrorVolume>>();
  readonly #surprises = new Map<string, Result<Surprise>>();
  /** one job after the other */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(post: Post, library: Library, gpu: Gpu, training: Training) {
    this.#post = post;
    this.#library = library;
    this.#gpu = gpu;
    this.#training = training;
  }

  cancel(jobId: string): void {
    this.#jobs.get(jobId)?.abort();
  }

  /** Throws StudioError 'cancelled'. */
  async errorVolume({ requestId, jobId, request }: Ask<'errorVolume'>): Promise<void> {
    if (!(request.draws >= 1 && request.draws <= mostDraws))
      throw new StudioError('config', `${request.draws} draws of the masks`, `Choose from 1 to ${mostDraws}.`);
    const { step, value } = await this.#look(this.#volumes, 'Errors of every token', jobId, request, (mapper, c, job) =>
      errorVolume(mapper, c, viewedClip(c, this.#video(request.clipId, request.provocation), request.start), {
        ...job,
        draws: request.draws,
        least: request.least,
      }),
    );
    this.#post({ type: 'errorVolume', requestId, step, volume: value });
  }

  /** Throws StudioError 'cancelled'. */
  async surprise({ requestId, jobId, request }: Ask<'surprise'>): Promise<void> {
    const { step, value } = await this.#look(this.#surprises, 'Surprise', jobId, request, (mapper, c, job) =>
      surprise(mapper, c, this.#video(request.clipId, request.provocation), {
        ...job,
        contexts: request.contexts,
        every: request.every,
      }),
    );
    this.#post({ type: 'surprise', requestId, step, surprise: value });
  }

  /** Answers with the working pictures of a changed video. Frames beyond the end repeat the last one. */
  async readProvoked(command: Ask<'readProvoked'>): Promise<void> {
    const { requestId, clipId, provocation, start, stride, frames, side } = command;
    const clip = this.#library.clip(clipId);
    const video = this.#video(clipId, provocation);
    const wanted = Array.from({ length: frames }, (_, i) =>
      Math.max(0, Math.min(video.frames - 1, start + i * stride)),
    );
    const rgba = wanted.map((frame) => squareOf(video.rgb(frame), video, side));
    const times = wanted.map((frame) => clip.time(frame));
    this.#post(
      { type: 'clipFrames', requestId, frames: { clipId, start, stride, side, times, rgba } },
      rgba.map((picture) => picture.buffer),
    );
  }

  #video(clipId: string, change: Provocation | null): Frames {
    const video = this.#library.source(clipId);
    if (!change) return video;
    return provoke(video, change, change.kind === 'splice' ? this.#library.source(change.clipId) : null);
  }

  /** The result of a job: what is known of the same weights and settings, or what `work` makes of a copy of the networks. */
  async #look<T>(
    known: Map<string, Result<T>>,
    stage: string,
    jobId: string,
    request: Looked,
    work: (mapper: ErrorMapper, c: RunConfig, job: Job) => Promise<T>,
  ): Promise<Result<T>> {
    const keyAt = (step: number) => JSON.stringify([request.weights === 'random' ? null : step, request]);
    const control = new AbortController();
    this.#jobs.set(jobId, control);
    let told = -Infinity;
    const onProgress = (done: number, total: number) => {
      if (performance.now() - told < progressEvery && done < total) return;
      told = performance.now();
      this.#post({ type: 'progress', jobId, stage, done, total });
    };
    const run = async (): Promise<Result<T>> => {
      const before = known.get(keyAt(this.#training.place(request.runId).step));
      if (before) return before;
      onProgress(0, 0);
      const { open, pipelines } = await this.#gpu.use();
      const { nets, config, step } = await this.#training.networks(request.runId, request.weights);
      let mapper: ErrorMapper | null = null;
      try {
        mapper = await ErrorMapper.create(pipelines, nets, stepShape(config), this.#gpu.variant(open));
        const value = await work(mapper, config, { signal: control.signal, onProgress });
        const result = { step: request.weights === 'random' ? null : step, value };
        known.set(keyAt(step), result);
        for (const oldest of known.keys()) {
          if (known.size <= mostKept) break;
          known.delete(oldest);
        }
        return result;
      } finally {
        mapper?.destroy();
        for (const arena of Object.values(nets)) destroyArena(arena);
      }
    };
    const result = this.#turn.then(run, run);
    this.#turn = result.catch(() => {});
    try {
      return await result;
    } finally {
      this.#jobs.delete(jobId);
      this.#post({ type: 'jobDone', jobId, cancelled: control.signal.aborted });
    }
  }
}
