// What a masking hides over thousands of draws. The masks are those of drawMasks at steps 0, 1, 2, …, so training sees the
// same ones; all cuts are taken of the same draws, so that they stand beside each other without sampling noise.

import { type MaskCut, maskCuts } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { type Grid, tokenCount } from '../core/grid.ts';
import type { CountStatistics, CutStatistics, MaskStatistics, MeasureRequest } from '../core/mask-statistics.ts';
import { type MaskSet } from './cut.ts';
import { cutSet, drawUncut } from './draw.ts';
import { farthest, nearestContext } from './nearest.ts';
import { sharedRoom } from './room.ts';

/** Distances are taken of about so many clips: they cost as much as everything else and settle early. */
const clipsForDistances = 1000;

/** Clips of one measurement, at most. */
const mostClips = 1_000_000;

/** A measurement that is taken batch by batch, so that its owner can show progress and stop. */
export class MaskMeasurement {
  readonly total: number;
  /** clips drawn so far */
  done = 0;
  readonly #request: MeasureRequest;
  readonly #tallies: Record<MaskCut, Tally>[];
  readonly #lists = sharedRoom();
  #milliseconds = 0;

  /** Throws StudioError 'config' when the numbers cannot be measured. */
  constructor(request: MeasureRequest) {
    const { batch, clips, grid, sampling } = request;
    if (!Number.isInteger(batch) || batch < 1 || batch > 512)
      throw new StudioError('config', `a batch of ${batch} clips cannot be drawn`, 'Choose 1 to 512 clips.');
    if (!(clips >= 1 && clips <= mostClips))
      throw new StudioError('config', `${clips} draws cannot be measured`, `Choose 1 to ${mostClips} draws.`);
    this.#request = request;
    this.total = Math.ceil(clips / batch) * batch;
    const near = nearestContext(grid);
    const every = Math.max(1, Math.floor(this.total / clipsForDistances));
    this.#tallies = sampling.masks.map(() => ({
      official: new Tally(grid, near, every),
      random: new Tally(grid, near, every),
      none: new Tally(grid, near, every),
    }));
  }

  get finished(): boolean {
    return this.done >= this.total;
  }

  /** Draws and counts the next batches. */
  advance(batches = 1): void {
    const { sampling, grid, batch } = this.#request;
    const began = performance.now();
    for (let i = 0; i < batches && !this.finished; i++) {
      const step = this.done / batch;
      this.#lists.again();
      const { room } = this.#lists;
      drawUncut(sampling, grid, batch, step, room).forEach((uncut, set) => {
        for (const cut of maskCuts)
          this.#tallies[set][cut].add(cutSet(sampling, cut, uncut, set, tokenCount(grid), step, room));
      });
      this.done += batch;
    }
    this.#milliseconds += performance.now() - began;
  }

  /** Statistics of everything drawn so far. */
  result(): MaskStatistics {
    const { grid, batch } = this.#request;
    return {
      grid,
      batch,
      batches: this.done / batch,
      clips: this.done,
      milliseconds: this.#milliseconds,
      sets: this.#tallies.map(({ official, random, none }) => ({
        cuts: { official: official.statistics(), random: random.statistics(), none: none.statistics() },
      })),
    };
  }
}

/** Counts of one mask set under one cut. */
class Tally {
  readonly #grid: Grid;
  readonly #near: ReturnType<typeof nearestContext>;
  readonly #every: number;
  readonly #tokens: number;
  /** clips by number of context, target and unused tokens */
  readonly #counts: {
    context: Uint32Array<ArrayBuffer>;
    target: Uint32Array<ArrayBuffer>;
    unused: Uint32Array<ArrayBuffer>;
  };
  /** clips in which each token is context, target */
  readonly #context: Uint32Array<ArrayBuffer>;
  readonly #target: Uint32Array<ArrayBuffer>;
  readonly #distances: Uint32Array<ArrayBuffer>;
  #withoutLast = 0;
  #clips = 0;

  constructor(grid: Grid, near: ReturnType<typeof nearestContext>, every: number) {
    const tokens = tokenCount(grid);
    this.#grid = grid;
    this.#near = near;
    this.#every = every;
    this.#tokens = tokens;
    const counts = () => new Uint32Array(tokens + 1);
    this.#counts = { context: counts(), target: counts(), unused: counts() };
    this.#context = new Uint32Array(tokens);
    this.#target = new Uint32Array(tokens);
    this.#distances = new Uint32Array(farthest(grid) + 1);
  }

  add(set: MaskSet): void {
    const lastTubelet = this.#tokens - this.#grid.h * this.#grid.w;
    set.context.forEach((context, clip) => {
      const target = set.target[clip];
      this.#counts.context[context.length]++;
      this.#counts.target[target.length]++;
      this.#counts.unused[this.#tokens - context.length - target.length]++;
      // lists ascend, so the last context token tells
      if (context[context.length - 1] < lastTubelet) this.#withoutLast++;
      count(this.#context, context);
      count(this.#target, target);
      if (this.#clips++ % this.#every === 0) this.#countDistances(context, target);
    });
  }

  #countDistances(context: ArrayLike<number>, target: ArrayLike<number>): void {
    const near = this.#near(context);
    for (let i = 0; i < target.length; i++) this.#distances[near.steps(target[i])]++;
  }

  statistics(): CutStatistics {
    const share = (counts: Uint32Array) => Float32Array.from(counts, (c) => c / this.#clips);
    const { mean, sd } = moments(this.#distances);
    return {
      context: summary(this.#counts.context),
      target: summary(this.#counts.target),
      unused: summary(this.#counts.unused),
      contextFrequency: share(this.#context),
      targetFrequency: share(this.#target),
      contextCoverage: this.#coverage(this.#context),
      targetCoverage: this.#coverage(this.#target),
      contextPerTubelet: this.#perTubelet(this.#context),
      targetPerTubelet: this.#perTubelet(this.#target),
      withoutLastContext: this.#withoutLast / this.#clips,
      distance: { mean, sd, histogram: this.#distances.slice() },
    };
  }

  #coverage(counts: Uint32Array): Float32Array<ArrayBuffer> {
    const { t, h, w } = this.#grid;
    const sums = new Float64Array(h * w);
    counts.forEach((c, n) => (sums[n % (h * w)] += c));
    return Float32Array.from(sums, (s) => s / (t * this.#clips));
  }

  #perTubelet(counts: Uint32Array): Float32Array<ArrayBuffer> {
    const { t, h, w } = this.#grid;
    const sums = new Float64Array(t);
    counts.forEach((c, n) => (sums[Math.floor(n / (h * w))] += c));
    return Float32Array.from(sums, (s) => s / this.#clips);
  }
}

function count(counts: Uint32Array, tokens: Int32Array): void {
  for (let i = 0; i < tokens.length; i++) counts[tokens[i]]++;
}

/** Mean and standard deviation of a histogram over 0, 1, 2, … */
function moments(histogram: Uint32Array): { mean: number; sd: number } {
  let n = 0;
  let sum = 0;
  histogram.forEach((count, value) => {
    n += count;
    sum += count * value;
  });
  const mean = sum / n;
  const square = histogram.reduce((total, count, value) => total + count * (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(square / n) };
}

const summary = (histogram: Uint32Array<ArrayBuffer>): CountStatistics => ({
  ...moments(histogram),
  min: histogram.findIndex((c) => c > 0),
  max: histogram.findLastIndex((c) => c > 0),
  histogram: histogram.slice(),
});
