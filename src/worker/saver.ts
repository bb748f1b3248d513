// Saves a run every few seconds while it goes on, one save after the other. A save that fails is told and changes nothing:
// the checkpoints before it are as they were, and the next one is tried when it is due. Storage may lose a question and never
// answer it: such a save is given up and tried once more at once.

import { reportError, StudioError } from '../core/errors.ts';
import type { Checkpoint } from '../tasks/checkpoint.ts';
import { keep } from './kept-checkpoint.ts';
import type { OpenRun } from './own-runs.ts';
import type { Post } from './library.ts';
import { askedAgain, patience, Unanswered } from './patient-folder.ts';

/** Saving may take this share of the time: a large model is saved less often. */
const share = 0.1;

type Kept = Awaited<ReturnType<typeof keep>> & { milliseconds: number };

export class Saver {
  readonly #post: Post;
  readonly #runId: string;
  readonly #open: () => Promise<OpenRun>;
  /** the run's folder under its lock; rejects where the browser keeps nothing */
  #run: Promise<OpenRun> | null = null;
  #tail: Promise<void> = Promise.resolve();
  #busy = false;
  #lastStep: number;
  #due: number;
  readonly #patience: number;

  /** `step`: what is kept already. `mostWait`: milliseconds for an answer of the storage, and for an end to wait. */
  constructor(
    post: Post,
    runId: string,
    open: () => Promise<OpenRun>,
    step: number,
    now: number,
    every: number,
    mostWait = patience,
  ) {
    this.#patience = mostWait;
    this.#post = post;
    this.#runId = runId;
    this.#open = open;
    this.#lastStep = step;
    this.#due = now + every;
    this.#opened().catch(() => {}); // told with the first save
  }

  /** Opens the run, once; again where the storage did not answer. */
  #opened(): Promise<OpenRun> {
    return (this.#run ??= this.#open().catch((error: unknown) => {
      if (error instanceof Unanswered) this.#run = null;
      throw error;
    }));
  }

  /** Whether it is time to save. */
  due(step: number, now: number): boolean {
    return !this.#busy && step > this.#lastStep && now >= this.#due;
  }

  /** Whether this step is not saved yet. */
  wanted(step: number): boolean {
    return step > this.#lastStep;
  }

  /** What is kept of this step is no longer all there is to keep. */
  again(step: number): void {
    this.#lastStep = Math.min(this.#lastStep, step - 1);
  }

  /** What was to be saved could not be made. `every`: milliseconds until it is tried again. */
  missed(step: number, error: StudioError, every: number): void {
    this.#post({ type: 'saveFailed', runId: this.#runId, step, error: reportError(error) });
    this.#due = performance.now() + every;
  }

  /** Writes a checkpoint behind those on their way. `every`: milliseconds until the next is due; `read`: those that it took to read
   * it from the GPU, in which the run stood still. */
  write(checkpoint: Checkpoint, every: number, read: number): void {
    this.#lastStep = checkpoint.step;
    this.#busy = true;
    this.#tail = this.#tail.then(async () => {
      const began = performance.now();
      const { step, savedAt } = checkpoint;
      let milliseconds = 0;
      try {
        const kept = await this.#keep(checkpoint);
        ({ milliseconds } = kept);
        this.#post({ type: 'saved', runId: this.#runId, step, savedAt, ...kept });
      } catch (error) {
        this.#lastStep = Math.min(this.#lastStep, step - 1);
        // waiting for an answer takes no time from training
        if (!(error instanceof Unanswered)) milliseconds = performance.now() - began;
        this.#failed(step, error);
      }
      this.#due = performance.now() + Math.max(every, (read + milliseconds) / share);
      this.#busy = false;
    });
  }

  #failed(step: number, error: unknown): void {
    const told = error instanceof Unanswered ? unsaved(step, error) : error;
    this.#post({ type: 'saveFailed', runId: this.#runId, step, error: reportError(told) });
  }

  /** A question that the storage lost is told and asked once more. */
  #keep(checkpoint: Checkpoint): Promise<Kept> {
    return askedAgain(
      async () => {
        const began = performance.now();
        const { folder } = await this.#opened();
        const kept = await keep(folder.patient(this.#patience), checkpoint);
        return { ...kept, milliseconds: performance.now() - began };
      },
      (error) => this.#failed(checkpoint.step, error),
    );
  }

  /** Waits for what is on its way and gives the run's lock back. Storage that does not answer keeps nobody else waiting. */
  async close(): Promise<void> {
    const closed = this.#tail.then(async () => (await this.#run?.catch(() => null))?.close());
    let timer: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([closed, new Promise<void>((resolve) => (timer = setTimeout(resolve, this.#patience)))]);
    clearTimeout(timer);
  }
}

/** What the page is told of a save that the storage did not answer. */
const unsaved = (step: number, { said }: Unanswered): StudioError =>
  new StudioError(
    'storage',
    `What the run had after ${step} steps is not saved yet: ${said}.`,
    'It is asked again, and the run goes on. Export it to a file if that does not end.',
  );
