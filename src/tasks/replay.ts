// Trains a run again, from its first step, with its own settings, seeds, clips and changes and those of the runs it branched
// off, and holds every loss against the recorded one. Equal means to the last bit.

import type { RunConfig } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { stretches } from '../core/lineage.ts';
import type { ReplayResult } from '../protocol/keeping.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Pretraining, Snapshot } from './pretrain.ts';

export interface ReplayOptions {
  /** networks and compiled step of settings, with the initial weights of the seed */
  create: (config: RunConfig, weightsSeed: number) => Promise<Pretraining>;
  /** asked between two steps; rest: its networks give way to others until mayGoOn, end: it was given up */
  now: () => 'go' | 'rest' | 'end';
  /** what `create` made is gone */
  destroyed?: () => void;
  /** resolves when it may go on, which is asked before networks of these settings are made; false: it was given up */
  mayGoOn: (step: number, config: RunConfig) => Promise<boolean>;
  onProgress: (done: number, total: number) => void;
}

/** Losses as they were recorded; of a long run every second step's, or fewer. */
export class Trace {
  readonly #losses: Map<number, number>;
  /** steps that were held against a recorded one */
  compared = 0;

  constructor(recorded: readonly { step: number; loss: number }[]) {
    this.#losses = new Map(recorded.map(({ step, loss }) => [step, loss]));
  }

  /** The difference that this step makes, NaN where it broke; null when it is equal or was not recorded. */
  compare(step: number, again: number): Extract<ReplayResult, { kind: 'differs' }> | null {
    const recorded = this.#losses.get(step);
    // no run goes on behind a step that broke, so it did not break then
    if (recorded === undefined) return Number.isNaN(again) ? { kind: 'differs', step, recorded: null, again } : null;
    if (!Object.is(recorded, again)) return { kind: 'differs', step, recorded, again };
    this.compared++;
    return null;
  }
}

type Recorded = Pick<Checkpoint, 'config' | 'changes' | 'lineage' | 'step' | 'metrics'>;

export async function replay(run: Recorded, options: ReplayOptions): Promise<ReplayResult> {
  const trace = new Trace(run.metrics);
  const weightsSeed = (run.lineage[0] ?? run).config.seed;
  let reached: Snapshot | null = null;
  for (const { config, changes, until } of stretches(run.lineage, run, run.step)) {
    do {
      const step: number = reached?.step ?? 0;
      if (!(await options.mayGoOn(step, config))) return { kind: 'cancelled', steps: step };
      const training = await options.create(config, weightsSeed);
      try {
        // a branch begins with what the run before it has reached, and what rested with what it had reached itself
        if (reached) training.restore({ ...reached, changes: [...changes] });
        else training.changes = changes;
        reached = null; // it is all in GPU memory again
        const ended = await take(training, until, run.step, trace, options);
        if (ended) return ended;
        reached = await training.snapshot();
        if (!reached) throw new StudioError('internal', `The weights after step ${training.step} could not be read.`);
      } finally {
        training.destroy();
        options.destroyed?.();
      }
    } while (reached.step < until);
  }
  return { kind: 'equal', steps: run.step, compared: trace.compared };
}

/** Takes steps up to `until` or to where it has to rest, two at a time on their way; returns what ends the replay, or null. */
async function take(
  training: Pretraining,
  until: number,
  total: number,
  trace: Trace,
  { now, onProgress }: ReplayOptions,
): Promise<ReplayResult | null> {
  const waiting: { step: number; loss: Promise<number> }[] = [];
  while (training.step < until || waiting.length) {
    const what = now();
    if (what === 'end') return { kind: 'cancelled', steps: training.step };
    if (what === 'rest' && !waiting.length) return null;
    if (what === 'go' && training.step < until) {
      const { step } = training;
      const { metrics } = await training.advance();
      // a step that breaks is a difference, for no step that broke was recorded
      const loss = metrics.then(
        (m) => m.loss,
        (error: unknown) => {
          if (error instanceof StudioError && error.code === 'non-finite') return NaN;
          throw error;
        },
      );
      loss.catch(() => {}); // told when it is awaited
      waiting.push({ step, loss });
      if (waiting.length < 2) continue;
    }
    const [{ step, loss }] = waiting.splice(0, 1);
    const difference = trace.compare(step, await loss);
    if (difference) return difference;
    onProgress(step + 1, total);
  }
  return null;
}
