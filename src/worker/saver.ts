// Saves a run every few seconds while it goes on, one save after the other. A save that fails is told and changes nothing:
// the checkpoints before it are as they were, and the next one is tried when it is due. Storage may lose a question and never
// answer it: such a save is given up and tried once more at once.

import { reportError, StudioError } from '../core/errors.ts';
import type { Checkpoint } from '../tasks/checkpoint.ts';
import { keep, type OpenRun } from './kept-runs.ts';
import type { Post } from './library.ts';

/** Saving may take this share of the time: a large model is saved less often. */
const share = 0.1;
/** Milliseconds without an answer of the storage after which a save is given up, and an end no longer waits for it. */
const patience = 30_000;

type Kept = Awaited<ReturnType<typeof keep>> & { milliseconds: number };

export class Saver {
  readonly #post: Post;
  readonly #runId: string;
  /** the run's folder under its lock; rejects where the browser keeps nothing */
  readonly #run: Promise<OpenRun>;
  #tail: Promise<void> = Promise.resolve();
  #busy = false;
  #lastStep: number;
  #due: number;
  readonly #patience: number;

  /** `step`: what is kept already. */
  constructor(
    post: Post,
    runId: string,
    run: Promise<OpenRun>,
    step: number,
    now: number,
    every: number,
    mostWait = patience,
  ) {
    this.#patience = mostWait;
    this.#post = post;
    this.#runId = runId;
    this.#run = run;
    this.#lastStep = step;
    this.#due = now + every;
    run.catch(() => {}); // told with the first save
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

  /** Writes a checkpoint behind those on their way. `every`: milliseconds until the next is due. */
  write(checkpoint: Checkpoint, every: number): void {
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
      this.#due = performance.now() + Math.max(every, milliseconds / share);
      this.#busy = false;
    });
  }

  #failed(step: number, error: unknown): void {
    this.#post({ type: 'saveFailed', runId: this.#runId, step, error: reportError(error) });
  }

  /** A question that the storage lost is told and asked once more. */
  async #keep(checkpoint: Checkpoint): Promise<Kept> {
    try {
      return await this.#attempt(checkpoint);
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      this.#failed(checkpoint.step, error);
      return this.#attempt(checkpoint);
    }
  }

  async #attempt(checkpoint: Checkpoint): Promise<Kept> {
    const began = performance.now();
    const attempt = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let unanswered: (error: Unanswered) => void = () => {};
    const at = (doing: string) => {
      clearTimeout(timer);
      timer = setTimeout(() => unanswered(new Unanswered(checkpoint.step, this.#patience, doing)), this.#patience);
    };
    at('open the folder of the run');
    const kept = this.#run.then(({ folder }) => keep(folder.watched(attempt.signal, at), checkpoint));
    try {
      const done = await Promise.race([kept, new Promise<never>((_, reject) => (unanswered = reject))]);
      return { ...done, milliseconds: performance.now() - began };
    } finally {
      attempt.abort();
      clearTimeout(timer);
    }
  }

  /** Waits for what is on its way and gives the run's lock back. Storage that does not answer keeps nobody else waiting. */
  async close(): Promise<void> {
    const closed = this.#tail.then(async () => (await this.#run.catch(() => null))?.close());
    let timer: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([closed, new Promise<void>((resolve) => (timer = setTimeout(resolve, this.#patience)))]);
    clearTimeout(timer);
  }
}

/** The storage was asked for something and has not answered. */
class Unanswered extends StudioError {
  constructor(step: number, milliseconds: number, doing: string) {
    super(
      'storage',
      `What the run had after ${step} steps is not saved yet: the browser's storage has not answered for ${milliseconds / 1000} seconds. It was last asked to ${doing}.`,
      'It is asked again, and the run goes on. Export it to a file if that does not end.',
    );
  }
}
