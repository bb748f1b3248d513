// The training loop of a run: steps, checks of its health, saves. It waits for the GPU and for messages, never for a timer, so
// it goes on at full speed behind a hidden page.

import { addRow, type StepMetrics } from '../core/step-metrics.ts';
import type { ClipRef, RunState } from '../protocol/messages.ts';
import type { Checkpoint } from '../tasks/checkpoint.ts';
import type { Pretraining } from '../tasks/pretrain.ts';
import { reportError, StudioError } from '../core/errors.ts';
import { trainedOn } from '../core/trained-on.ts';
import type { Gpu } from './gpu.ts';
import type { Post } from './library.ts';
import { hasEnded, release, type Run, taking } from './run.ts';

/** Metrics are posted at most this often, in milliseconds. */
const postEvery = 200;
/** What the loop needs of its surroundings. */
export interface RunHost {
  post: Post;
  gpu: Gpu;
  setState: (r: Run, state: RunState) => void;
  /** milliseconds between two saves */
  saveEvery: () => number;
}

/** Takes steps while the run runs. Two steps overlap; metrics come back behind them. */
export async function drive(r: Run, pretraining: Pretraining, host: RunHost): Promise<void> {
  const { post, gpu, setState } = host;
  const rows: StepMetrics[] = [];
  let posted = 0;
  let last = performance.now();
  const flush = () => {
    if (rows.length) post({ type: 'metrics', runId: r.runId, rows: rows.splice(0) });
    posted = performance.now();
  };
  const waiting: Promise<Omit<StepMetrics, 'milliseconds'>>[] = [];
  /** steps whose numbers came back */
  let done = pretraining.step;
  const broke = (error: unknown): never => {
    if (isNotFinite(error)) pretraining.brokeAt(done);
    flush();
    throw error;
  };
  const collect = async () => take(await waiting.shift()!.catch(broke));
  const take = (metrics: Omit<StepMetrics, 'milliseconds'>, milliseconds = performance.now() - last) => {
    const now = performance.now();
    done = metrics.step + 1;
    const row = { ...metrics, milliseconds };
    rows.push(row);
    r.rows = addRow(r.rows, row);
    last = now;
    r.health.trained(row, pretraining.config.optim);
    if (now - posted > postEvery) flush();
  };
  const settle = async () => {
    while (waiting.length) await collect();
    flush();
  };
  /** Of a step that cannot be made; those before it were. */
  const unmade = async (error: unknown): Promise<never> => {
    await settle();
    await save(r, pretraining, host);
    throw error;
  };
  /** What a check found belongs to what is kept of its step, also where that was saved before. */
  const lookAt = async () => {
    const before = r.health.rows.at(-1);
    await taking(r, () => r.health.check(pretraining.step));
    if (r.health.rows.at(-1) !== before) r.saver.again(pretraining.step);
  };
  while (r.state === 'running' || r.state === 'paused') {
    if (pretraining.finished) r.allowance = 0;
    if (r.asked.length || r.saver.due(pretraining.step, performance.now())) {
      await settle();
      await save(r, pretraining, host);
      last = performance.now();
    }
    if (r.slowly.length) {
      r.allowance = 0;
      await settle();
      if (hasEnded(r)) break; // stopped meanwhile: no step follows
      last = performance.now();
      await takeSlowly(r, pretraining, take).catch(broke);
      flush();
    }
    if ((r.allowance > 0 || r.health.asked) && r.health.due(pretraining.step)) {
      await settle();
      await lookAt();
      last = performance.now();
    }
    if (r.allowance > 0) {
      if (waiting.length === 0) last = performance.now();
      r.allowance--; // before the step is on its way: a pause that comes meanwhile stands
      const { metrics } = await taking(r, () => pretraining.advance()).catch(unmade);
      metrics.catch(() => {}); // reported when it is collected
      waiting.push(metrics);
      r.health.prepare(() => gpu.use(), pretraining, r.variant);
      if (waiting.length > 1) await collect();
      continue;
    }
    await settle();
    if (pretraining.finished) {
      setState(r, 'finished');
      break;
    }
    // unless it was resumed while the last numbers came back
    if (r.state === 'running' && r.allowance === 0) setState(r, 'paused');
    await save(r, pretraining, host);
    // a run that was resumed and paused again meanwhile says so before it rests
    if (r.state !== 'paused' || r.asked.length || r.slowly.length || r.health.asked) continue;
    await new Promise<void>((resolve) => (r.wake = resolve));
  }
  await settle();
  if (r.state === 'stopped') setState(r, 'stopped');
  await save(r, pretraining, host);
  if (r.state === 'stopped' || r.state === 'finished') {
    // nothing more will be known of it; a short run has its checks ready only now. Whoever begins another one does not wait
    await r.health.prepared();
    await lookAt();
    await save(r, pretraining, host);
  }
  release(r); // what was asked for during the last check of its health
}

const isNotFinite = (error: unknown): boolean => error instanceof StudioError && error.code === 'non-finite';

/** Takes the next step in slow motion for the first who asked. No step is on its way. */
async function takeSlowly(
  r: Run,
  pretraining: Pretraining,
  take: (metrics: Omit<StepMetrics, 'milliseconds'>, milliseconds?: number) => void,
): Promise<void> {
  const asked = r.slowly.shift()!;
  const before = pretraining.step;
  try {
    if (pretraining.finished)
      throw new StudioError('config', 'The run has taken its last step.', 'Start another run, or branch this one.');
    const { slowStep } = await import('../tasks/slow-step.ts'); // not part of what the first screen loads
    const { metrics, slow } = await taking(r, () => slowStep(pretraining));
    take(metrics, r.rows.at(-1)?.milliseconds); // looking at it is no part of what a step takes
    asked.resolve(slow);
  } catch (error) {
    asked.reject(error);
    // where nothing of the step was begun the run goes on
    if (pretraining.step !== before) throw error;
  }
}

/** Makes a checkpoint for whoever asked, and keeps it if it is a new one. No step is on its way. */
export async function save(r: Run, pretraining: Pretraining, { saveEvery }: RunHost): Promise<void> {
  const asked = r.asked.splice(0);
  const { step } = pretraining;
  if (!asked.length && !r.saver.wanted(step)) return;
  try {
    const clips = await r.clips().catch((error: unknown) => {
      // its pictures are in memory: that a file went away from the disk is no reason to end it
      r.saver.missed(step, unnamed(step, error), saveEvery());
      for (const { reject } of asked.splice(0)) reject(error);
      return null;
    });
    if (!clips) return;
    const made = await snapshot(r, pretraining, clips);
    if (made && r.saver.wanted(made.checkpoint.step)) r.saver.write(made.checkpoint, saveEvery(), made.milliseconds);
    for (const { resolve } of asked.splice(0)) resolve(made?.checkpoint ?? null);
  } finally {
    for (const { resolve } of asked) resolve(null);
  }
}

function unnamed(step: number, error: unknown): StudioError {
  const { code, message, advice } = reportError(error);
  return new StudioError(
    code,
    `What the run had after ${step} steps was not saved: ${message}`,
    `${advice && `${advice.replace(/\.?$/, '.')} `}Training goes on, and the next save tries again.`,
  );
}

/** What a run has reached, and how long it took to read; null when its weights are older than its step, or gone. */
export async function snapshot(
  r: Run,
  pretraining: Pretraining,
  clips: ClipRef[],
): Promise<{ checkpoint: Checkpoint; milliseconds: number } | null> {
  let began = 0;
  const made = await taking(r, async () => {
    began = performance.now();
    return r.lost ? null : pretraining.snapshot();
  }).catch((error: unknown) => {
    // the device went away while they were read, or another run took its place before its turn came
    if (r.lost || r.freed) return null;
    throw error;
  });
  if (!made) return null;
  const milliseconds = performance.now() - began;
  const { runId, config, lineage, variant, before } = r;
  const adapter = before && made.step <= before.step ? before.adapter : trainedOn(before?.adapter ?? null, r.adapter);
  const metrics = r.rows.filter((row) => row.step < made.step);
  const health = r.health.rows.filter((row) => row.step <= made.step);
  const checkpoint = { runId, config, lineage, adapter, variant, metrics, health, savedAt: Date.now(), clips, ...made };
  return { checkpoint, milliseconds };
}
