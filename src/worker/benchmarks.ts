// Measuring in the worker: the tuner and the benchmark. Neither goes beside a run, which would spoil both.

import { reportError, StudioError } from '../core/errors.ts';
import type { Command, StepReport } from '../protocol/messages.ts';
import { type BenchmarkOptions, measureKernels, measurePeaks, measureStep } from '../tasks/benchmark.ts';
import { tune } from '../tasks/tune.ts';
import type { Gpu } from './gpu.ts';
import type { Post } from './library.ts';

type Ask<T extends Command['type']> = Extract<Command, { type: T }>;

/** Milliseconds of timed work per kernel. */
const fill = 150;

export class Benchmarks {
  readonly #post: Post;
  readonly #gpu: Gpu;
  readonly #busy: () => boolean;
  readonly #jobs = new Map<string, AbortController>();

  /** `busy`: whether a run is taking steps. */
  constructor(post: Post, gpu: Gpu, busy: () => boolean) {
    this.#post = post;
    this.#gpu = gpu;
    this.#busy = busy;
  }

  async tune({ requestId }: Ask<'tune'>): Promise<void> {
    this.#refuseBusy();
    const { open, pipelines } = await this.#gpu.use();
    const { variant, rows } = await tune(pipelines, open.features);
    await this.#gpu.choose(variant);
    this.#post({ type: 'tuned', requestId, variant, rows });
  }

  async benchmark({ jobId }: Ask<'benchmark'>): Promise<void> {
    const job = new AbortController();
    this.#jobs.set(jobId, job);
    try {
      this.#refuseBusy();
      const { open, pipelines } = await this.#gpu.use();
      let done = 0;
      const stage = (name: string) => this.#post({ type: 'progress', jobId, stage: name, done, total: 0 });
      const options: BenchmarkOptions = {
        variant: this.#gpu.variant(open),
        fill,
        meter: null,
        signal: job.signal,
        onRow: (row) => {
          done++;
          this.#post({ type: 'benchmarkRow', jobId, row });
          stage(`${row.name}, ${row.detail}`);
        },
      };
      stage('Peaks of this adapter');
      await measurePeaks(pipelines, options);
      await measureKernels(pipelines, options);
      stage('The training step');
      const report: StepReport = await measureStep(pipelines, options, open.software ? 1 : 20);
      this.#post({ type: 'benchmarkStep', jobId, report });
    } catch (error) {
      if (!job.signal.aborted) this.#post({ type: 'jobFailed', jobId, error: reportError(error) });
    } finally {
      this.#jobs.delete(jobId);
      this.#post({ type: 'jobDone', jobId, cancelled: job.signal.aborted });
    }
  }

  cancel(jobId: string): void {
    this.#jobs.get(jobId)?.abort();
  }

  #refuseBusy(): void {
    if (this.#busy())
      throw new StudioError('config', 'A run is training, and both would be slowed down.', 'Pause the run first.');
  }
}
