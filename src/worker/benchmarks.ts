// Measuring in the worker: the tuner, the benchmark, a step of settings. One goes after the other and none beside a run, which
// would spoil both.

import { reportError, StudioError } from '../core/errors.ts';
import type { RunConfig } from '../core/config.ts';
import { roomOn } from '../gpu/held.ts';
import type { Command, StepReport } from '../protocol/messages.ts';
import { type BenchmarkOptions, measureKernels, measurePeaks, measureStep } from '../tasks/benchmark.ts';
import { fitMemory } from '../tasks/run-memory.ts';
import { measureStepTime } from '../tasks/step-time.ts';
import { tune } from '../tasks/tune.ts';
import { refuseBadConfig } from './before-run.ts';
import type { Gpu } from './gpu.ts';
import type { Library, Post } from './library.ts';

type Ask<T extends Command['type']> = Extract<Command, { type: T }>;

/** Milliseconds of timed work per kernel. */
const fill = 150;

export class Benchmarks {
  readonly #post: Post;
  readonly #library: Library;
  readonly #gpu: Gpu;
  readonly #busy: () => boolean;
  readonly #jobs = new Map<string, AbortController>();
  /** settings that are timed, or wait for it: the newest */
  #timed = 0;

  /** `busy`: whether a run is taking steps. */
  constructor(post: Post, library: Library, gpu: Gpu, busy: () => boolean) {
    this.#post = post;
    this.#library = library;
    this.#gpu = gpu;
    this.#busy = busy;
  }

  /** Throws StudioError 'cancelled'. */
  async tune({ requestId, jobId }: Ask<'tune'>): Promise<void> {
    const job = new AbortController();
    this.#jobs.set(jobId, job);
    try {
      this.#refuseBusy();
      const { variant, rows } = await this.#gpu.alone(async () => {
        if (job.signal.aborted) throw new StudioError('cancelled', 'The kernels were not measured.');
        const { open, pipelines } = await this.#gpu.use();
        const onForm = (form: string, done: number, total: number) => {
          this.#refuseBusy();
          this.#post({ type: 'progress', jobId, stage: form, done, total });
        };
        return tune(pipelines, open.features, { signal: job.signal, onForm });
      });
      this.#refuseBusy(); // the last form was measured beside it
      await this.#gpu.choose(variant);
      this.#post({ type: 'tuned', requestId, variant, rows });
    } finally {
      this.#jobs.delete(jobId);
      this.#post({ type: 'jobDone', jobId, cancelled: job.signal.aborted });
    }
  }

  async benchmark({ jobId }: Ask<'benchmark'>): Promise<void> {
    const job = new AbortController();
    this.#jobs.set(jobId, job);
    try {
      this.#refuseBusy();
      await this.#gpu.alone(() => this.#measureAll(jobId, job.signal));
    } catch (error) {
      if (!job.signal.aborted) this.#post({ type: 'jobFailed', jobId, error: reportError(error) });
    } finally {
      this.#jobs.delete(jobId);
      this.#post({ type: 'jobDone', jobId, cancelled: job.signal.aborted });
    }
  }

  /** Throws when aborted, and StudioError 'config' when a run begins. */
  async #measureAll(jobId: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { open, pipelines } = await this.#gpu.use();
    let done = 0;
    const stage = (name: string) => this.#post({ type: 'progress', jobId, stage: name, done, total: 0 });
    const options: BenchmarkOptions = {
      variant: this.#gpu.variant(open),
      fill,
      meter: null,
      signal,
      giveWay: () => this.#refuseBusy(),
      onRow: (row) => {
        this.#refuseBusy();
        done++;
        this.#post({ type: 'benchmarkRow', jobId, row });
        stage([row.name, row.detail].filter(Boolean).join(', '));
      },
    };
    stage('Peaks of this adapter');
    await measurePeaks(pipelines, options);
    await measureKernels(pipelines, options);
    stage('The training step');
    const report: StepReport = await measureStep(pipelines, options, open.software ? 1 : 20);
    this.#refuseBusy();
    this.#post({ type: 'benchmarkStep', jobId, report });
  }

  /** It gives way to a run that begins and to newer settings. */
  async timeStep({ requestId, config, clipIds }: Ask<'timeStep'>): Promise<void> {
    const mine = ++this.#timed;
    refuseBadConfig(config);
    this.#refuseBusy();
    const cancelled = () => mine !== this.#timed || this.#busy();
    const measured = await this.#gpu.alone(() => {
      if (cancelled()) throw new StudioError('cancelled', 'The time of a step was not measured.');
      return this.#stepTime(config, clipIds, cancelled);
    });
    this.#post({ type: 'stepTime', requestId, ...measured });
  }

  async #stepTime(config: RunConfig, clipIds: string[], cancelled: () => boolean) {
    const { open, pipelines } = await this.#gpu.use();
    const sources = clipIds.map((id) => this.#library.source(id));
    const variant = this.#gpu.variant(open);
    // beside others it would not be the step that a run takes, for which those are given up
    const { memory } = fitMemory(config, variant, this.#gpu.budgetBytes);
    if (memory.total <= this.#gpu.budgetBytes && memory.total > roomOn(open.device))
      throw new StudioError(
        'gpu-memory',
        'It does not fit beside what the studio has in use, and is measured with the first steps of a run.',
      );
    try {
      return await measureStepTime(pipelines, config, sources, { variant, cancelled });
    } catch (error) {
      throw cancelled() ? new StudioError('cancelled', 'The time of a step was not measured.') : error;
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
