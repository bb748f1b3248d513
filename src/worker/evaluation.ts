// Evaluation in the worker: features, probes, controls.

import type { EvaluationCommand } from '../protocol/evaluation.ts';
import { StudioError } from '../core/errors.ts';
import type { Gpu } from './gpu.ts';
import type { Library, Post } from './library.ts';

type Ask<T extends EvaluationCommand['type']> = Extract<EvaluationCommand, { type: T }>;

const missing = { code: 'config', message: 'Evaluation is not there yet.', advice: '' } as const;

export class Evaluation {
  readonly #post: Post;

  /** `busy`: whether a run is taking steps. */
  constructor(post: Post, _library: Library, _gpu: Gpu, _busy: () => boolean) {
    this.#post = post;
  }

  async evaluate({ jobId }: Ask<'evaluate'>): Promise<void> {
    this.#post({ type: 'evaluationFailed', jobId, error: missing });
  }

  async look(_command: Ask<'lookWithProbe'>): Promise<void> {
    throw new StudioError(missing.code, missing.message);
  }

  cancel(_jobId: string): void {}
}
