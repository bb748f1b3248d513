// The checks of a run's health, in the run's own turn: made ready behind its first steps, then as often as they take less
// than a twentieth of its time, or a quarter at a few places, at its end and when it stops (core/check-budget.ts). A check that fails is told, and the run goes on without.

import { CheckBudget, type ProbeInterval } from '../core/check-budget.ts';
import { type OptimConfig, type RunConfig, totalSteps } from '../core/config.ts';
import { lookOfId } from '../core/drawn-look.ts';
import { reportError, StudioError } from '../core/errors.ts';
import { type HealthRow, withHealthRow } from '../core/health-row.ts';
import { scheduleAt } from '../core/schedule.ts';
import type { Variant } from '../core/variant.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import type { StepMetrics } from '../core/step-metrics.ts';
import type { HealthCheck, HeldOut } from '../tasks/health.ts';
import type { Pretraining } from '../tasks/pretrain.ts';
import { refuseBeyond } from '../gpu/held.ts';
import type { Clip, ClipSource } from './clips.ts';
import type { Library, Post } from './library.ts';

/** Steps of a run before its checks are made ready, so that its first numbers need not wait for more kernels. */
const firstSteps = 10;
/** Steps after which checks that found no room are tried again. */
const roomAfter = 100;

export class RunHealth {
  /** ascending, the first of step 0 */
  rows: HealthRow[];
  #probeEvery: ProbeInterval | null = null;
  /** its clips have labels to ask for */
  #probed = false;
  readonly #post: Post;
  readonly #runId: string;
  readonly #library: Library;
  /** whether it is checked with clips that it does not learn from: where it learns from drawn ones alone, there are more */
  readonly #heldOut: boolean;
  /** the clips that it learns from */
  #own: readonly Clip[] = [];
  #steps = 0;
  #preparing: Promise<void> | null = null;
  #check: HealthCheck | null = null;
  #budget: CheckBudget | null = null;
  /** gradient norms since the newest check, of steps in which clipping was on */
  #norms: number[] = [];
  /** no check comes any more, unless it is asked for */
  #over = false;
  /** steps after which there may be room for checks again */
  #again = Infinity;
  /** the user waits for a check */
  #asked = false;
  readonly #end = new AbortController();

  constructor(post: Post, runId: string, library: Library, clipIds: readonly string[], rows: HealthRow[]) {
    this.#post = post;
    this.#runId = runId;
    this.#library = library;
    this.#heldOut = clipIds.every((id) => lookOfId(id) !== null);
    this.rows = rows;
    if (rows.length) this.#tell(rows);
  }

  /** Steps between two checks with probes, from now on; null: as they are earned. */
  set probeEvery(steps: ProbeInterval | null) {
    this.#probeEvery = steps;
    if (this.#budget) this.#budget.every = this.#probed ? steps : null;
  }

  /** Its clips, which the library may lose while it trains. */
  learnsFrom(own: readonly Clip[]): void {
    this.#own = own;
  }

  /** A step was taken, in so many milliseconds. */
  trained(row: StepMetrics, optim: OptimConfig): void {
    this.#steps++;
    this.#budget?.trained(row.milliseconds);
    if (!this.#over && scheduleAt(optim, row.step).clip) this.#norms.push(row.encoderNorm, row.predictorNorm);
  }

  /** Makes the checks ready once, beside the steps that follow; its first check is of the random weights. */
  prepare(gpu: () => Promise<{ pipelines: PipelineCache }>, run: Pretraining, variant: Variant): void {
    if (this.#steps >= this.#again) this.#beginAgain();
    if (this.#preparing || this.#steps < firstSteps) return;
    this.#preparing = this.#prepare(gpu, run, variant).catch((error: unknown) => this.#fail(error));
  }

  async #prepare(gpu: () => Promise<{ pipelines: PipelineCache }>, run: Pretraining, variant: Variant): Promise<void> {
    // not part of what the first screen loads
    const { HealthCheck } = await import('../tasks/health.ts');
    const { signal } = this.#end;
    const held = this.#choose(run.config, await import('../tasks/held-out.ts'));
    if (!held)
      throw new StudioError(
        'config',
        'One clip alone cannot be told from another, which is what checks look at.',
        'Train on two clips or more to see its health.',
      );
    await this.#refuseMemory(run, variant);
    const { pipelines } = await gpu();
    if (this.#needsFirst) {
      const begun = await HealthCheck.create(pipelines, run, held, variant, 'random', signal);
      const first = await begun.check([], true, signal).finally(() => begun.destroy());
      this.rows = [first, ...this.rows];
      this.#tell([first]);
    }
    const check = await HealthCheck.create(pipelines, run, held, variant, 'current', signal);
    const [{ probes, milliseconds }, ...after] = this.rows;
    this.#budget = new CheckBudget({
      step: run.step,
      total: totalSteps(run.config.optim),
      probed: probes && milliseconds,
      asked: after.some((row) => row.probes !== null),
    });
    this.#probed = held.axes.length > 0;
    this.probeEvery = this.#probeEvery;
    this.#check = check;
  }

  /** Whether the random weights have yet to be looked at. */
  get #needsFirst(): boolean {
    return this.rows[0]?.step !== 0;
  }

  /** Throws StudioError 'gpu-memory' where the checks do not fit beside all else. */
  async #refuseMemory(run: Pretraining, variant: Variant): Promise<void> {
    const { healthMemory } = await import('../tasks/health-memory.ts');
    const bytes = healthMemory(run.config, variant, this.#needsFirst && !run.hasTwin);
    const way = 'The run goes on without it; choose a smaller model or batch to see its health.';
    refuseBeyond(run.trainer.program.device, 'A check of its health', bytes, way);
  }

  /** Drawn clips that no run learns from where it learns from drawn ones, else its own. */
  #choose(config: RunConfig, { drawnHeldOut, ownHeldOut }: typeof import('../tasks/held-out.ts')): HeldOut | null {
    const own = this.#own;
    const labelled = ({ source }: { source: ClipSource }) => ({ source, labels: source.labels });
    const origin = own[0]?.origin;
    if (this.#heldOut && origin?.kind === 'drawn')
      return drawnHeldOut(config, (index) =>
        labelled(this.#library.clip(this.#library.drawn(origin.seed, index, origin.look))),
      );
    return ownHeldOut(config, own.map(labelled));
  }

  /** Resolves once its checks are ready, if they were begun; none will be, where that failed. */
  async prepared(): Promise<void> {
    await this.#preparing;
  }

  /** A check with probes is asked for, whatever it takes, also where checks failed before. Resolves once they are ready, or
   * where they cannot be, which is told. */
  async ask(gpu: () => Promise<{ pipelines: PipelineCache }>, run: Pretraining, variant: Variant): Promise<void> {
    this.#steps = Math.max(this.#steps, firstSteps);
    if (this.#over) this.#beginAgain();
    this.prepare(gpu, run, variant);
    await this.#preparing;
    this.#asked = this.#check !== null;
  }

  /** Whether it is due though no step may be taken. */
  get asked(): boolean {
    return this.#asked && this.#check !== null;
  }

  due(step: number): boolean {
    return this.asked || (this.#check !== null && (this.#budget?.due(step) ?? false));
  }

  /** Looks at the run after `step` steps; nothing may be submitted meanwhile. Does nothing where checks are not ready or the
   * step is known. */
  async check(step: number): Promise<void> {
    const [check, budget] = [this.#check, this.#budget];
    const asked = this.#asked;
    this.#asked = false;
    if (!check || !budget) return;
    const known = this.rows.at(-1);
    if (known?.step === step && (known.probes || !asked)) {
      if (asked) this.#tell([known]); // who waits for it has it already
      return;
    }
    try {
      const withProbes = asked || budget.withProbes(step);
      const row = await check.check(this.#norms.splice(0), withProbes, this.#end.signal);
      budget.checked(row.step, row.milliseconds, withProbes);
      this.rows = withHealthRow(this.rows, row);
      this.#tell([row]);
    } catch (error) {
      this.#fail(error);
    }
  }

  #tell(rows: HealthRow[]): void {
    if (this.#end.signal.aborted) return; // the page may know another run by now
    const share = this.#budget?.share ?? 0;
    this.#post({ type: 'health', runId: this.#runId, rows, share, heldOut: this.#heldOut });
  }

  #beginAgain(): void {
    this.#over = false;
    this.#preparing = null;
    this.#again = Infinity;
  }

  #fail(error: unknown): void {
    const { code } = reportError(error);
    if (code === 'gpu-memory') this.#again = this.#steps + roomAfter;
    this.#check?.destroy();
    this.#check = null;
    this.#over = true;
    this.#norms = [];
    if (!this.#end.signal.aborted) this.#post({ type: 'healthFailed', runId: this.#runId, error: reportError(error) });
  }

  /** Nothing more is looked at: what is being made ready or looked at ends soon, and says nothing. */
  abandon(): void {
    this.#end.abort();
  }

  /** Waits until nothing uses the run's networks any more, and frees what was made. */
  async close(): Promise<void> {
    this.abandon();
    await this.#preparing;
    this.#check?.destroy();
    this.#check = null;
  }
}
