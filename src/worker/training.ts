// The worker's training side: starts and drives runs, answers cost and error-map requests.

import { checkConfig, parameterCount, type RunConfig } from '../core/config.ts';
import { reportError, StudioError } from '../core/errors.ts';
import { variants } from '../core/variant.ts';
import type { Command, ErrorMap, RunState, StepMetrics } from '../protocol/messages.ts';
import { viewedClip } from '../tasks/clips.ts';
import { fitMemory, Pretraining, stepShape, warmKernels } from '../tasks/pretrain.ts';
import { ErrorMapper } from '../train/error-map.ts';
import type { Gpu } from './gpu.ts';
import type { Library, Post } from './library.ts';

type Ask<T extends Command['type']> = Extract<Command, { type: T }>;
type TrainingCommand = Ask<'cost' | 'warm' | 'start' | 'pause' | 'resume' | 'step' | 'stop' | 'map'>;

/** Own limit on GPU memory: running out may not be reported at all. */
const budgetBytes = 4 * 2 ** 30;
/** Metrics are posted at most this often, in milliseconds. */
const postEvery = 200;

interface Run {
  runId: string;
  config: RunConfig;
  pretraining: Pretraining | null;
  /** maps with the run's weights, and with those it began with */
  mappers: { current: ErrorMapper | null; random: ErrorMapper | null };
  state: RunState;
  /** steps that may still be taken before the run pauses; Infinity while running */
  allowance: number;
  /** wakes the loop when the state changes */
  wake: () => void;
  loop: Promise<void>;
  /** everything that uses the networks, one after the other */
  turn: Promise<unknown>;
}

/** `busy` tells whether a run is taking steps. */
export function createTraining(
  post: Post,
  library: Library,
  gpu: Gpu,
): { handle: (command: TrainingCommand) => Promise<void>; busy: () => boolean } {
  let run: Run | null = null;

  gpu.onLost = (error) => {
    if (run && (run.state === 'running' || run.state === 'paused' || run.state === 'preparing')) fail(run, error);
  };

  function cost({ requestId, config }: Ask<'cost'>): void {
    refuseBadConfig(config);
    const { memory, recompute } = fitMemory(config, variants.workgroup, budgetBytes);
    const warning =
      memory.total > budgetBytes
        ? `This run needs ${gigabytes(memory.total)} GB of GPU memory, the limit is ${gigabytes(budgetBytes)} GB: choose a smaller batch or model.`
        : null;
    post({
      type: 'cost',
      requestId,
      cost: { parameters: parameterCount(config.model, config.masks.length), memory, recompute, warning },
    });
  }

  /** What goes wrong here goes wrong again at the start of the run, and is told there. */
  async function warm({ config }: Ask<'warm'>): Promise<void> {
    if (run || checkConfig(config).length) return;
    try {
      const { open: o, pipelines } = await gpu.use();
      await warmKernels(pipelines, config, gpu.variant(o), budgetBytes);
    } catch {
      return;
    }
  }

  function setState(r: Run, state: RunState, error: unknown = null): void {
    r.state = state;
    post({
      type: 'runState',
      runId: r.runId,
      state,
      step: r.pretraining?.step ?? 0,
      error: error === null ? null : reportError(error),
    });
    r.wake();
  }

  function fail(r: Run, error: unknown): void {
    if (r.state !== 'failed' && r.state !== 'stopped') setState(r, 'failed', error);
  }

  async function start(command: Ask<'start'>): Promise<void> {
    refuseBadConfig(command.config);
    await stopRun();
    const r: Run = {
      runId: command.runId,
      config: command.config,
      pretraining: null,
      mappers: { current: null, random: null },
      state: 'preparing',
      allowance: Infinity,
      wake: () => {},
      loop: Promise.resolve(),
      turn: Promise.resolve(),
    };
    run = r;
    setState(r, 'preparing');
    try {
      const { open: o, pipelines } = await gpu.use();
      const sources = command.clipIds.map((id) => library.source(id));
      const variant = gpu.variant(o);
      const onProgress = (stage: string, done: number, total: number) =>
        post({ type: 'progress', jobId: r.runId, stage, done, total });
      const made = await Pretraining.create(pipelines, r.config, sources, { variant, budgetBytes, onProgress });
      if (run !== r) {
        made.destroy();
        return;
      }
      r.pretraining = made;
      setState(r, 'running');
      r.loop = drive(r, made).catch((error: unknown) => fail(r, error));
    } catch (error) {
      fail(r, error);
    }
  }

  /** Takes steps while the run runs. Two steps overlap; metrics come back behind them. */
  async function drive(r: Run, pretraining: Pretraining): Promise<void> {
    const rows: StepMetrics[] = [];
    let posted = 0;
    let last = performance.now();
    const flush = () => {
      if (rows.length) post({ type: 'metrics', runId: r.runId, rows: rows.splice(0) });
      posted = performance.now();
    };
    const waiting: Promise<Omit<StepMetrics, 'milliseconds'>>[] = [];
    const collect = async () => {
      const metrics = await waiting.shift()!;
      const now = performance.now();
      rows.push({ ...metrics, milliseconds: now - last });
      last = now;
      if (now - posted > postEvery) flush();
    };
    while (r.state === 'running' || r.state === 'paused') {
      if (pretraining.finished) r.allowance = 0;
      if (r.allowance > 0) {
        if (waiting.length === 0) last = performance.now();
        const { metrics } = await taking(r, () => pretraining.advance());
        metrics.catch(() => {}); // reported when it is collected
        waiting.push(metrics);
        r.allowance--;
        if (waiting.length > 1) await collect();
        continue;
      }
      while (waiting.length) await collect();
      flush();
      if (pretraining.finished) return setState(r, 'finished');
      if (r.state === 'running') setState(r, 'paused');
      if (r.allowance > 0) continue;
      await new Promise<void>((resolve) => (r.wake = resolve));
    }
    while (waiting.length) await collect();
    flush();
  }

  function active(runId: string): Run {
    if (!run || run.runId !== runId) throw new StudioError('internal', `There is no run ${runId}.`, 'Start it again.');
    return run;
  }

  function allow(runId: string, steps: number): void {
    const r = active(runId);
    if (r.state !== 'running' && r.state !== 'paused') return;
    r.allowance = steps;
    if (steps > 0) setState(r, 'running');
  }

  async function stopRun(): Promise<void> {
    const r = run;
    if (!r) return;
    run = null;
    if (r.state === 'preparing' || r.state === 'running' || r.state === 'paused') setState(r, 'stopped');
    await r.loop;
    await r.turn.catch(() => {});
    r.mappers.current?.destroy();
    r.mappers.random?.destroy();
    r.pretraining?.destroy();
  }

  async function stop(runId: string): Promise<void> {
    const r = active(runId);
    r.allowance = 0;
    if (r.state === 'preparing' || r.state === 'running' || r.state === 'paused') setState(r, 'stopped');
    await r.loop; // its weights stay for error maps until the next run
  }

  async function map(command: Ask<'map'>): Promise<void> {
    const r = active(command.runId);
    const { pretraining } = r;
    if (!pretraining) throw new StudioError('config', 'The run has no weights yet.', 'Wait until it has started.');
    const { pipelines, open: o } = await gpu.use();
    const masks = command.masks.map((m) => ({ context: [m.context], target: [m.target] }));
    const result = await taking(r, async (): Promise<ErrorMap> => {
      const { weights } = command;
      const mapper = (r.mappers[weights] ??= await ErrorMapper.create(
        pipelines,
        weights === 'random' ? pretraining.randomTwin() : pretraining.nets,
        stepShape(r.config),
        gpu.variant(o),
      ));
      const clip = viewedClip(r.config, library.source(command.clipId), command.start);
      const { step } = pretraining;
      const errors = await mapper.map(clip, masks);
      const sets = command.masks.map((m, i) => ({ context: m.context, target: m.target, error: errors[i] }));
      return { clipId: command.clipId, step: weights === 'random' ? null : step, start: command.start, sets };
    });
    post({ type: 'map', requestId: command.requestId, runId: command.runId, map: result });
  }

  return {
    busy: () => run?.state === 'running' || run?.state === 'preparing',
    async handle(command) {
      switch (command.type) {
        case 'cost':
          return cost(command);
        case 'warm':
          return warm(command);
        case 'start':
          return start(command);
        case 'pause':
          return allow(command.runId, 0);
        case 'resume':
          return allow(command.runId, Infinity);
        case 'step':
          return allow(command.runId, 1);
        case 'stop':
          return stop(command.runId);
        case 'map':
          return map(command);
      }
      return command satisfies never;
    },
  };
}

/** Waits for its turn with the networks of a run. */
function taking<T>(r: Run, use: () => Promise<T>): Promise<T> {
  const result = r.turn.then(use, use);
  r.turn = result.catch(() => {});
  return result;
}

function refuseBadConfig(config: RunConfig): void {
  const [problem] = checkConfig(config);
  if (problem) throw new StudioError('config', problem.message, `Change ${problem.field}.`);
}

const gigabytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
