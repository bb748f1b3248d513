// Branches of runs: a new run that begins with what another has reached, or with what it had before it broke.

import type { RunConfig } from '../core/config.ts';
import { isGood } from '../core/last-good.ts';
import type { Command } from '../protocol/messages.ts';
import { branchOff, slower } from '../tasks/branch.ts';
import { findClips } from './clip-refs.ts';
import type { Gpu } from './gpu.ts';
import { checked, differences, refuseMissing, restored } from './keeping.ts';
import type { KeptRuns } from './kept-runs.ts';
import type { Library, Post } from './library.ts';
import type { Training } from './training.ts';

type Ask<T extends Command['type']> = Extract<Command, { type: T }>;

export class Branching {
  readonly #post: Post;
  readonly #library: Library;
  readonly #gpu: Gpu;
  readonly #kept: KeptRuns;
  readonly #training: Training;

  constructor(post: Post, library: Library, gpu: Gpu, kept: KeptRuns, training: Training) {
    this.#post = post;
    this.#library = library;
    this.#gpu = gpu;
    this.#kept = kept;
    this.#training = training;
  }

  /** The parent, if it trains here, is ended and kept; nothing happens to it when the branch is refused. */
  async branch({ requestId, runId, parentId, config, step }: Ask<'branch'>): Promise<void> {
    const { from, passed } = await this.#begin(parentId, config, step);
    const branch = branchOff(from, runId, config ?? slower(from));
    const found = await findClips(this.#library, from.clips);
    refuseMissing(found);
    const { open: device } = await this.#gpu.use();
    const open = await this.#kept.open(runId);
    const { clipIds } = found;
    this.#post(restored(requestId, branch, clipIds, differences(branch, device, found, passed)));
    await this.#training.begin({
      runId,
      config: branch.config,
      clipIds,
      from: branch,
      saved: branch.step - 1, // its folder is empty
      open: () => Promise.resolve(open),
    });
  }

  /** What the branch begins with. */
  async #begin(parentId: string, config: RunConfig | null, step: number | null) {
    if (step !== null) return { from: checked(await this.#kept.at(parentId, step)), passed: 0 };
    const live = config && (await this.#training.checkpoint(parentId));
    return live ? { from: live, passed: 0 } : this.#keptOf(parentId, config === null);
  }

  /** Newest checkpoint of a run; `good`: of those that are known to be from before it went wrong. */
  async #keptOf(runId: string, good: boolean) {
    const rows = good ? this.#training.rows(runId) : null;
    const { bytes, passed } = await this.#kept.newest(runId, rows ? (step) => isGood(step, rows) : undefined);
    return { from: checked(bytes), passed };
  }
}
