// Jobs of the Look screen: one after the other, with progress, until they are done or cancelled.

import { evenPace } from '../core/time-left.ts';
import type { Post } from './library.ts';

/** Milliseconds between two progress events. */
const progressEvery = 150;

export interface Job {
  signal: AbortSignal;
  onProgress: (done: number, total: number) => void;
}

export class LookingJobs {
  readonly #post: Post;
  readonly #running = new Map<string, AbortController>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(post: Post) {
    this.#post = post;
  }

  cancel(jobId: string): void {
    this.#running.get(jobId)?.abort();
  }

  /** Whether no job is at work or waits. */
  get idle(): boolean {
    return this.#running.size === 0;
  }

  /** Behind the job that is at work and those that wait for it; at once where there is none. */
  behind(work: () => void): void {
    if (!this.idle) this.#turn = this.#turn.then(work);
    else work();
  }

  /** Waits for its turn, works, and says that the job is done whatever came of it. */
  async run<T>(jobId: string, stage: string, work: (job: Job) => Promise<T>): Promise<T> {
    const control = new AbortController();
    this.#running.set(jobId, control);
    let told = -Infinity;
    const pace = evenPace();
    const onProgress = (done: number, total: number) => {
      const secondsLeft = pace(done, total);
      if (performance.now() - told < progressEvery && done < total) return;
      told = performance.now();
      this.#post({ type: 'progress', jobId, stage, done, total, secondsLeft });
    };
    const start = () => work({ signal: control.signal, onProgress });
    const result = this.#turn.then(start, start);
    this.#turn = result.catch(() => {});
    try {
      return await result;
    } finally {
      this.#running.delete(jobId);
      this.#post({ type: 'jobDone', jobId, cancelled: control.signal.aborted });
    }
  }
}
