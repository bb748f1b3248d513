// Where and when prediction fails, in the worker. Each job looks at a copy of the run's networks, so that every pass of it
// sees the same weights, while training takes its steps in between.

import { StudioError } from '../core/errors.ts';
import type { RunConfig } from '../core/config.ts';
import { destroyArena } from '../gpu/arena.ts';
import type { ErrorVolume, Looked, LookingCommand, PhysicsShares, Surprise } from '../protocol/looking.ts';
import { viewedClip } from '../tasks/clips.ts';
import { errorVolume } from '../tasks/error-volume.ts';
import { physicsAccuracy, type PhysicsRow, physicsShares, scorePhysics, untrainedNetworks } from '../tasks/physics.ts';
import { stepShape } from '../tasks/run-shape.ts';
import { surprise } from '../tasks/surprise.ts';
import { ErrorMapper } from '../train/error-map.ts';
import type { Networks } from '../train/step.ts';
import { squareOf } from '../video/scale.ts';
import { changedVideo } from './changed-video.ts';
import type { Gpu } from './gpu.ts';
import { Kept } from './kept.ts';
import type { Library, Post } from './library.ts';
import { type Job, LookingJobs } from './looking-jobs.ts';
import { type Reached, stepOf } from './run-networks.ts';
import type { Training } from './training.ts';

type Ask<T extends LookingCommand['type']> = Extract<LookingCommand, { type: T }>;

/** Results of each kind that are kept. */
const mostKept = 48;
const mostDraws = 1000;
/** Frames between two windows over a physics video. */
const physicsEvery = 6;

interface Result<T> {
  step: number | null;
  value: T;
}

export class Looking {
  readonly #post: Post;
  readonly #library: Library;
  readonly #gpu: Pick<Gpu, 'use' | 'variant'>;
  readonly #training: Pick<Training, 'place' | 'networks'>;
  readonly #jobs: LookingJobs;
  readonly #volumes = new Kept<Result<ErrorVolume>>(mostKept);
  readonly #surprises = new Kept<Result<Surprise>>(mostKept);

  constructor(
    post: Post,
    library: Library,
    gpu: Pick<Gpu, 'use' | 'variant'>,
    training: Pick<Training, 'place' | 'networks'>,
  ) {
    this.#post = post;
    this.#jobs = new LookingJobs(post);
    this.#library = library;
    this.#gpu = gpu;
    this.#training = training;
  }

  cancel(jobId: string): void {
    this.#jobs.cancel(jobId);
  }

  /** Throws StudioError 'cancelled'. */
  async errorVolume({ requestId, jobId, request }: Ask<'errorVolume'>): Promise<void> {
    if (!(request.draws >= 1 && request.draws <= mostDraws))
      throw new StudioError('config', `${request.draws} draws of the masks`, `Choose from 1 to ${mostDraws}.`);
    const { step, value } = await this.#look(this.#volumes, 'Errors of every token', jobId, request, (mapper, c, job) =>
      errorVolume(
        mapper,
        c,
        viewedClip(c, changedVideo(this.#library, request.clipId, request.provocation), request.start),
        {
          ...job,
          draws: request.draws,
          least: request.least,
        },
      ),
    );
    this.#post({ type: 'errorVolume', requestId, step, volume: value });
  }

  /** Throws StudioError 'cancelled'. */
  async surprise({ requestId, jobId, request }: Ask<'surprise'>): Promise<void> {
    const { step, value } = await this.#look(this.#surprises, 'Surprise', jobId, request, (mapper, c, job) =>
      surprise(mapper, c, changedVideo(this.#library, request.clipId, request.provocation), {
        ...job,
        contexts: request.contexts,
        every: request.every,
        edges: request.edges,
        name: this.#library.clip(request.clipId).info.name,
      }),
    );
    this.#post({ type: 'surprise', requestId, step, surprise: value });
  }

  /** Physics pairs with the run's weights, then with those of untrained networks. Throws StudioError 'cancelled'. */
  async physics({ requestId, jobId, runId, sets, untrained }: Ask<'physics'>): Promise<void> {
    if (!(sets >= 1 && sets <= 64 && untrained >= 0 && untrained <= 100))
      throw new StudioError(
        'config',
        `${sets} sets and ${untrained} networks`,
        'Choose 1 to 64 sets, 0 to 100 networks.',
      );
    const { step, report } = await this.#jobs.run(jobId, 'Physics pairs', async ({ signal, onProgress }) => {
      onProgress(0, 0);
      const { open, pipelines } = await this.#gpu.use();
      const { nets, config, step: at } = await this.#training.networks(runId, 'current');
      const variant = this.#gpu.variant(open);
      const score = async (of: Networks, done: number): Promise<PhysicsRow[]> => {
        try {
          const mapper = await ErrorMapper.create(pipelines, of, stepShape(config), variant);
          const told = (part: number, parts: number) => onProgress(done + part / parts, untrained + 1);
          return await scorePhysics(mapper, config, { sets, every: physicsEvery, signal, onProgress: told }).finally(
            () => mapper.destroy(),
          );
        } finally {
          for (const arena of Object.values(of)) destroyArena(arena);
        }
      };
      const rows = await score(nets, 0);
      const others: PhysicsShares[] = [];
      for (let k = 0; k < untrained; k++)
        others.push(physicsShares(await score(await untrainedNetworks(pipelines.device, config, k), k + 1)));
      const { interval } = physicsAccuracy(rows);
      return { step: at, report: { sets, trained: physicsShares(rows), interval, untrained: others } };
    });
    this.#post({ type: 'physics', requestId, step, report });
  }

  /** Answers with the working pictures of a changed video. Frames beyond the end repeat the last one. */
  async readProvoked(command: Ask<'readProvoked'>): Promise<void> {
    const { requestId, clipId, provocation, start, stride, frames, side } = command;
    const clip = this.#library.clip(clipId);
    const video = changedVideo(this.#library, clipId, provocation);
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

  /** The result of a job: what is known of the same weights and settings, or what `work` makes of a copy of the networks. */
  #look<T>(
    known: Kept<Result<T>>,
    stage: string,
    jobId: string,
    request: Looked,
    work: (mapper: ErrorMapper, c: RunConfig, job: Job) => Promise<T>,
  ): Promise<Result<T>> {
    const { weights, ...about } = request;
    const keyAt = ({ begun, step }: Reached) => JSON.stringify([begun, stepOf(weights, step), about]);
    return this.#jobs.run(jobId, stage, async (job) => {
      const before = known.get(keyAt(this.#training.place(request.runId)));
      if (before) return before;
      job.onProgress(0, 0);
      const { open, pipelines } = await this.#gpu.use();
      const { nets, config, ...reached } = await this.#training.networks(request.runId, weights);
      let mapper: ErrorMapper | null = null;
      try {
        mapper = await ErrorMapper.create(pipelines, nets, stepShape(config), this.#gpu.variant(open));
        const value = await work(mapper, config, job);
        const result = { step: stepOf(weights, reached.step), value };
        known.put(keyAt(reached), result);
        return result;
      } finally {
        mapper?.destroy();
        for (const arena of Object.values(nets)) destroyArena(arena);
      }
    });
  }
}
