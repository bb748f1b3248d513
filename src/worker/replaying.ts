// Replays of kept runs. Only the adapter and the kernels that a run was trained with round alike, so it is asked for nothing
// else. A replay gives way to a run that trains, and goes on behind it.

import { StudioError } from '../core/errors.ts';
import { canRun, roundingOf } from '../core/variant.ts';
import { roomOn } from '../gpu/held.ts';
import type { Command } from '../protocol/messages.ts';
import { Pretraining } from '../tasks/pretrain.ts';
import { replay } from '../tasks/replay.ts';
import { runMemory } from '../tasks/run-memory.ts';
import { findClips } from './clip-refs.ts';
import type { Gpu } from './gpu.ts';
import { checked, refuseMissing } from './keeping.ts';
import type { KeptRuns } from './kept-runs.ts';
import type { Library, Post } from './library.ts';
import type { Training } from './training.ts';

/** Milliseconds between two looks whether a run still trains. */
const lookEvery = 250;

type Ask<T extends Command['type']> = Extract<Command, { type: T }>;

export class Replaying {
  readonly #post: Post;
  readonly #library: Library;
  readonly #gpu: Gpu;
  readonly #kept: KeptRuns;
  readonly #training: Training;
  readonly #jobs = new Map<string, AbortController>();

  constructor(post: Post, library: Library, gpu: Gpu, kept: KeptRuns, training: Training) {
    this.#post = post;
    this.#library = library;
    this.#gpu = gpu;
    this.#kept = kept;
    this.#training = training;
  }

  async replay({ requestId, jobId, runId }: Ask<'replay'>): Promise<void> {
    const job = new AbortController();
    this.#jobs.set(jobId, job);
    const tell = (stage: string, done: number, total: number) =>
      this.#post({ type: 'progress', jobId, stage, done, total });
    try {
      tell('Reading the run', 0, 0);
      const live = await this.#training.checkpoint(runId);
      const run = live ?? checked((await this.#kept.newest(runId)).bytes);
      const { open, pipelines } = await this.#gpu.use();
      const { variant, adapter } = run;
      if (adapter !== open.name || !canRun(variant, open.features))
        throw new StudioError(
          'config',
          `The run was trained on ${adapter} with kernels ${variant.product} and ${variant.attention}, this is ${open.name}: only the same adapter and kernels round alike.`,
          'Replay it where it was trained.',
        );
      if (run.rounding !== undefined && run.rounding !== roundingOf(variant))
        throw new StudioError(
          'config',
          'The run was trained with kernels that added up in another order than those of now: its losses would not come out the same bit for bit.',
          'Train it again from the beginning to have a run that can be replayed.',
        );
      const found = await findClips(this.#library, run.clips);
      refuseMissing(found);
      const [odd] = found.otherwise;
      if (odd)
        throw new StudioError(
          'video',
          `${odd.name} was kept as ${odd.before} and is now kept as ${odd.now}, so the run would not see the same pictures.`,
          'Reload the page and drop only the files of this run.',
        );
      const sources = found.clipIds.map((id) => this.#library.source(id));
      let gone = () => {};
      const result = await replay(run, {
        create: async (config, weightsSeed) => {
          gone = this.#gpu.givesWay();
          const onProgress = (stage: string, done: number, total: number) => tell(stage, done, total);
          const made = Pretraining.create(pipelines, config, sources, { variant, weightsSeed, onProgress });
          made.catch(gone); // told by the replay
          return made;
        },
        destroyed: () => gone(),
        now: () => (job.signal.aborted ? 'end' : this.#training.busy() ? 'rest' : 'go'),
        mayGoOn: async (step, config) => {
          const { total } = runMemory(config, variant, true);
          // what rested comes back when there is room again; one that has not begun is refused
          let left = step > 0 ? roomOn(open.device, total) : Infinity;
          const hindrance = () => {
            if (this.#training.busy()) return 'Waits while a run trains, step';
            return left < total ? 'Waits for room in GPU memory, step' : null;
          };
          for (let why = hindrance(); why && !job.signal.aborted; why = hindrance()) {
            tell(why, step, run.step);
            await new Promise((resolve) => setTimeout(resolve, lookEvery));
            if (step > 0) left = roomOn(open.device);
          }
          return !job.signal.aborted;
        },
        onProgress: (done, total) => tell('Training it again, step', done, total),
      });
      this.#post({ type: 'replayed', requestId, result });
    } finally {
      this.#jobs.delete(jobId);
      this.#post({ type: 'jobDone', jobId, cancelled: job.signal.aborted });
    }
  }

  cancel(jobId: string): void {
    this.#jobs.get(jobId)?.abort();
  }
}
