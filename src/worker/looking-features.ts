// Features of tokens in the worker. A clip is read once by a copy of the run's encoder; the reading is kept for as long as
// there is room, so that every layer, token and head of it can be asked for while training goes on.

import { gridOf, type RunConfig } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { tokenCount } from '../core/grid.ts';
import { layerCount } from '../core/layers.ts';
import { pcaColours, projectTokens, type TokenFeatures } from '../core/token-features.ts';
import { destroyArena } from '../gpu/arena.ts';
import { holdsIdly } from '../gpu/held.ts';
import type {
  FeatureCommand,
  FeatureMap,
  FeatureQuestion,
  NearToken,
  ReadRequest,
} from '../protocol/looking-features.ts';
import { viewedClip } from '../tasks/clips.ts';
import {
  allLayers,
  basisOf,
  evenReach,
  featureOf,
  frameOf,
  layerFeatures,
  nearestIn,
  type On,
  similarityTo,
} from '../tasks/token-features.ts';
import { ClipReading } from '../train/clip-reading.ts';
import type { Networks } from '../train/step.ts';
import { changedVideo } from './changed-video.ts';
import type { Gpu } from './gpu.ts';
import { Kept } from './kept.ts';
import type { Library, Post } from './library.ts';
import { type Job, LookingJobs } from './looking-jobs.ts';
import { stepOf } from './run-networks.ts';
import type { Training } from './training.ts';

type Ask<T extends FeatureCommand['type']> = Extract<FeatureCommand, { type: T }>;

/** Bytes of readings on the GPU, and of features of other clips in memory. */
const readingBudget = 256 * 2 ** 20;
const featureBudget = 64 * 2 ** 20;
const mostMaps = 48;

/** Which weights of a run; `step` null: random ones. */
interface Weights {
  begun: number;
  step: number | null;
}

interface Read extends Weights {
  reading: ClipReading;
  config: RunConfig;
}

/** The networks of a run for as long as one job needs them. */
interface Copied extends Weights {
  nets: Networks;
  config: RunConfig;
}

export class FeatureLooking {
  readonly #post: Post;
  readonly #library: Library;
  readonly #gpu: Pick<Gpu, 'use' | 'variant'>;
  readonly #training: Pick<Training, 'place' | 'networks'>;
  readonly #jobs: LookingJobs;
  readonly #readings = new Kept<Read>(
    readingBudget,
    ({ reading }) => reading.bytes,
    ({ reading }) => reading.destroy(),
  );
  readonly #maps = new Kept<FeatureMap>(mostMaps);
  readonly #others = new Kept<TokenFeatures>(featureBudget, ({ values }) => values.byteLength);

  constructor(
    post: Post,
    library: Library,
    gpu: Pick<Gpu, 'use' | 'variant'>,
    training: Pick<Training, 'place' | 'networks'>,
  ) {
    this.#post = post;
    this.#library = library;
    this.#gpu = gpu;
    this.#training = training;
    this.#jobs = new LookingJobs(post);
  }

  cancel(jobId: string): void {
    this.#jobs.cancel(jobId);
  }

  /** Readings can be made again, and make room where no job uses them. */
  readonly #giveBack = (): void => {
    if (this.#jobs.idle) this.#readings.clear();
  };

  /** A run has given its memory back: what was read with its weights cannot be asked for any more, and gives its back too. */
  runIsGone(): void {
    this.#jobs.behind(() => this.#readings.clear());
  }

  /** Throws StudioError 'cancelled'. */
  async map({ requestId, jobId, request, question }: Ask<'featureMap'>): Promise<void> {
    const { step, grid, map } = await this.#jobs.run(jobId, 'Features', async (job) => {
      const on = await this.#on();
      const read = await this.#read(on, request, job);
      const name = JSON.stringify([nameOf(request, read), question]);
      const made = this.#maps.get(name) ?? (await answer(on, read, request, question));
      this.#maps.put(name, made);
      return { step: read.step, grid: read.reading.grid, map: made };
    });
    this.#post({ type: 'featureMap', requestId, step, grid, map });
  }

  /** Throws StudioError 'cancelled'. */
  async layers({ requestId, jobId, request }: Ask<'layerFeatures'>): Promise<void> {
    const { read, values } = await this.#jobs.run(jobId, 'Features', async (job) => {
      const found = await this.#read(await this.#on(), request, job);
      return { read: found, values: await allLayers(found.reading) };
    });
    const { depth, grid, channels } = read.reading;
    const layers = layerCount(depth);
    this.#post({ type: 'layerFeatures', requestId, step: read.step, grid, layers, channels, values }, [values.buffer]);
  }

  /** Throws StudioError 'cancelled'. */
  async near(command: Ask<'nearTokens'>): Promise<void> {
    const { requestId, jobId, request, layer, token, clips, side } = command;
    const { step, near } = await this.#jobs.run(jobId, 'Tokens of other clips', async (job) => {
      const on = await this.#on();
      let read = await this.#read(on, request, job);
      const others = new Map<string, TokenFeatures>();
      const missing = () =>
        clips.filter((clipId) => {
          const known = this.#others.get(otherName(clipId, layer, request, read));
          if (known) others.set(clipId, known);
          return !known;
        });
      if (missing().length)
        await this.#copied(request, async (copied) => {
          // the run may have gone on: then its tokens are compared as they are now
          if (copied.step !== read.step || copied.begun !== read.begun) {
            others.clear();
            read = await this.#keep(on, request, copied);
          }
          await this.#readOthers(on, copied, missing(), { layer, request, job, others });
        });
      const query = featureOf(await layerFeatures(read.reading, layer, request.network), token);
      const found: NearToken[] = [];
      for (const [clipId, features] of others) {
        const { token: nearest, cosine } = await nearestIn(on, query, features);
        const { frames } = this.#library.source(clipId);
        const start = middleStart(read.config, frames);
        // a clip that is longer than its video holds the last frame
        const frame = Math.min(frameOf(read.config, features.grid, nearest, start), frames - 1);
        const [picture] = await this.#library.clip(clipId).look([frame], side);
        found.push({ clipId, start, token: nearest, cosine, side, picture });
      }
      return { step: read.step, near: found.sort((a, b) => b.cosine - a.cosine) };
    });
    this.#post(
      { type: 'nearTokens', requestId, step, near },
      near.map(({ picture }) => picture.buffer),
    );
  }

  async #on(): Promise<On> {
    const { open, pipelines } = await this.#gpu.use();
    holdsIdly(pipelines.device, this.#giveBack);
    return { pipelines, variant: this.#gpu.variant(open) };
  }

  /** The reading of a clip: the one that is asked for if it is known, or one with the weights as they are. */
  async #read(on: On, request: ReadRequest, job: Job): Promise<Read> {
    stopIfAsked(job);
    const { weights, at } = request;
    const { begun, step: reached } = this.#training.place(request.runId);
    const now = stepOf(weights, reached);
    for (const step of weights === 'current' ? [at ?? now, now] : [now]) {
      const name = nameOf(request, { begun, step });
      const known = this.#readings.get(name);
      if (known?.reading.device === on.pipelines.device) return known;
      this.#readings.forget(name); // of a device that was lost
    }
    job.onProgress(0, 0);
    return this.#copied(request, (copied) => this.#keep(on, request, copied));
  }

  async #keep(on: On, request: ReadRequest, { nets, config, begun, step }: Copied): Promise<Read> {
    const video = changedVideo(this.#library, request.clipId, request.provocation);
    const clip = viewedClip(config, video, request.start);
    const reading = await ClipReading.create(on.pipelines, nets[request.network], config.model, on.variant);
    try {
      reading.read(clip);
    } catch (error) {
      reading.destroy();
      throw error;
    }
    const read = { reading, config, begun, step };
    this.#readings.put(nameOf(request, read), read);
    return read;
  }

  async #copied<T>({ runId, weights }: ReadRequest, work: (copied: Copied) => Promise<T>): Promise<T> {
    const { nets, config, begun, step } = await this.#training.networks(runId, weights);
    try {
      return await work({ nets, config, begun, step: stepOf(weights, step) });
    } finally {
      for (const arena of Object.values(nets)) destroyArena(arena);
    }
  }

  /** Features of other clips, from the middle of each video. */
  async #readOthers(
    on: On,
    { nets, config, ...weights }: Copied,
    clips: string[],
    to: { layer: number; request: ReadRequest; job: Job; others: Map<string, TokenFeatures> },
  ): Promise<void> {
    const { layer, request, job, others } = to;
    const reading = await ClipReading.create(on.pipelines, nets[request.network], config.model, on.variant);
    try {
      for (const [i, clipId] of clips.entries()) {
        stopIfAsked(job);
        job.onProgress(i, clips.length);
        const video = this.#library.source(clipId);
        reading.read(viewedClip(config, video, middleStart(config, video.frames)));
        const features = await layerFeatures(reading, layer, request.network);
        this.#others.put(otherName(clipId, layer, request, weights), features);
        others.set(clipId, features);
      }
    } finally {
      reading.destroy();
    }
  }
}

async function answer(on: On, read: Read, request: ReadRequest, question: FeatureQuestion): Promise<FeatureMap> {
  const { reading, config } = read;
  const { kind } = question;
  switch (kind) {
    case 'pca': {
      const features = await layerFeatures(reading, question.layer, request.network);
      const basis = await basisOf(on, features);
      const projected = projectTokens(features, basis);
      const { variances, total } = basis;
      return { kind, layer: question.layer, projected, colours: pcaColours(projected), variances, total };
    }
    case 'similarity': {
      const { layer, token } = question;
      const features = await layerFeatures(reading, layer, request.network);
      return { kind, layer, token, cosines: await similarityTo(on, featureOf(features, token), features) };
    }
    case 'attention': {
      const { token } = question;
      const { patch, frames, tubelet } = config.model;
      const N = tokenCount(gridOf(config.model));
      if (!(Number.isInteger(token) && token >= 0 && token < N))
        throw new StudioError('config', `Token ${token} of a clip of ${N}`, `Choose from 0 to ${N - 1}.`);
      const shares = await reading.attention(on.pipelines, on.variant, token);
      const reach = await reading.reach(on.pipelines, on.variant);
      const even = evenReach(reading.grid);
      const long = frames === 1 ? 1 : tubelet;
      return {
        kind,
        token,
        depth: reading.depth,
        heads: reading.heads,
        shares,
        space: reach.space.map((v) => v * patch),
        time: reach.time.map((v) => v * long),
        even: { space: even.space * patch, time: even.time * long },
      };
    }
  }
  return kind satisfies never;
}

function stopIfAsked({ signal }: Job): void {
  if (signal.aborted) throw new StudioError('cancelled', 'The features were not read to the end.');
}

/** Names of what is kept. */
const nameOf = ({ runId, network, clipId, start, provocation }: ReadRequest, { begun, step }: Weights): string =>
  JSON.stringify([runId, network, clipId, start, provocation, begun, step]);

const otherName = (clipId: string, layer: number, { runId, network }: ReadRequest, { begun, step }: Weights): string =>
  JSON.stringify([runId, network, clipId, layer, begun, step]);

/** First frame of the window in the middle of a video. */
const middleStart = (c: RunConfig, frames: number): number =>
  Math.max(0, Math.floor((frames - ((c.model.frames - 1) * c.data.samplingRate + 1)) / 2));
