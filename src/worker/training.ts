// The worker's training side: starts, drives and saves runs, answers error-map requests. The loop waits for the
// GPU and for messages, never for a timer, so it goes on at full speed behind a hidden page.

import type { RunConfig } from '../core/config.ts';
import { reportError, StudioError } from '../core/errors.ts';
import { canRun, type Variant, variants } from '../core/variant.ts';
import type { ClipRef, Command, ErrorMap, RunState, StepMetrics } from '../protocol/messages.ts';
import type { Checkpoint } from '../tasks/checkpoint.ts';
import { viewedClip } from '../tasks/clips.ts';
import { Pretraining, stepShape } from '../tasks/pretrain.ts';
import { readTensor } from '../gpu/readback.ts';
import { ErrorMapper } from '../train/error-map.ts';
import type { Networks } from '../train/step.ts';
import { budgetBytes, refuseBadConfig } from './before-run.ts';
import { nameClips } from './clip-refs.ts';
import { RunHealth } from './health.ts';
import type { Gpu } from './gpu.ts';
import type { KeptRuns, OpenRun } from './kept-runs.ts';
import type { Library, Post } from './library.ts';
import { Saver } from './saver.ts';

type Ask<T extends Command['type']> = Extract<Command, { type: T }>;
type TrainingCommand = Ask<'start' | 'pause' | 'resume' | 'step' | 'stop' | 'save' | 'autosave' | 'map'>;

/** Metrics are posted at most this often, in milliseconds. */
const postEvery = 200;
/** Numbers of steps that are kept with a run; older ones are thinned out to every second. */
const mostRows = 20_000;

/** What a run begins with: nothing, or a checkpoint. */
export interface Beginning {
  runId: string;
  config: RunConfig;
  clipIds: string[];
  from: Checkpoint | null;
  /** its folder, under the run's lock */
  open: Promise<OpenRun>;
}

/** What others may do with runs. */
export interface Training {
  handle: (command: TrainingCommand) => Promise<void>;
  /** whether a run is taking steps */
  busy: () => boolean;
  begin: (beginning: Beginning) => Promise<void>;
  /** ends the run with this name if it is here, and gives its lock back */
  close: (runId: string) => Promise<void>;
  /** what a run has reached; null when it is not here or its weights are older than its step */
  checkpoint: (runId: string) => Promise<Checkpoint | null>;
  /** weights of an encoder as they are now, a whole arena; they are the asker's own */
  encoder: (runId: string, network: 'target' | 'encoder') => Promise<FrozenEncoder>;
  /** what a run is trained with and where it is */
  place: (runId: string) => { config: RunConfig; step: number };
  /** networks of a run as they are now, or as they began; they are the asker's own and have to be freed */
  networks: (
    runId: string,
    weights: 'current' | 'random',
  ) => Promise<{ nets: Networks; config: RunConfig; step: number }>;
}

/** An encoder taken out of a run. */
export interface FrozenEncoder {
  weights: Float32Array<ArrayBuffer>;
  config: RunConfig;
  step: number;
}

interface Run {
  runId: string;
  config: RunConfig;
  pretraining: Pretraining | null;
  /** maps with the run's weights, and with those it began with */
  mappers: { current: ErrorMapper | null; random: ErrorMapper | null };
  state: RunState;
  /** how it is named and what it has told, for its checkpoints */
  clips: Promise<ClipRef[]>;
  adapter: string;
  variant: Variant;
  rows: StepMetrics[];
  health: RunHealth;
  saver: Saver;
  /** who waits for a checkpoint; the loop makes one between two steps */
  asked: ((made: Checkpoint | null) => void)[];
  /** steps that may still be taken before the run pauses; Infinity while running */
  allowance: number;
  /** wakes the loop when the state changes */
  wake: () => void;
  loop: Promise<void>;
  /** everything that uses the networks, one after the other */
  turn: Promise<unknown>;
}

export function createTraining(post: Post, library: Library, gpu: Gpu, kept: KeptRuns): Training {
  let run: Run | null = null;
  /** milliseconds between two saves */
  let saveEvery = 10_000;

  gpu.onLost = (error) => {
    if (run && (run.state === 'running' || run.state === 'paused' || run.state === 'preparing')) fail(run, error);
  };

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
    for (const give of r.asked.splice(0)) give(null);
  }

  async function start({ runId, config, clipIds }: Ask<'start'>): Promise<void> {
    refuseBadConfig(config);
    await begin({ runId, config, clipIds, from: null, open: kept.open(runId) });
  }

  async function begin({ runId, config, clipIds, from, open }: Beginning): Promise<void> {
    await stopRun();
    const r: Run = {
      runId,
      config,
      pretraining: null,
      mappers: { current: null, random: null },
      state: 'preparing',
      clips: Promise.resolve().then(() => nameClips(library, clipIds)),
      adapter: '',
      variant: variants.workgroup,
      rows: [...(from?.metrics ?? [])],
      health: new RunHealth(post, runId, library, clipIds, from?.health ?? []),
      saver: new Saver(post, runId, open, from?.step ?? 0, performance.now(), saveEvery),
      asked: [],
      allowance: Infinity,
      wake: () => {},
      loop: Promise.resolve(),
      turn: Promise.resolve(),
    };
    r.clips.catch(() => {}); // told with the first checkpoint
    run = r;
    setState(r, 'preparing');
    try {
      const { open: o, pipelines } = await gpu.use();
      const sources = clipIds.map((id) => library.source(id));
      r.adapter = o.name;
      // only the same kernels round alike
      r.variant = from && canRun(from.variant, o.features) ? from.variant : gpu.variant(o);
      const onProgress = (stage: string, done: number, total: number) =>
        post({ type: 'progress', jobId: r.runId, stage, done, total });
      const { variant } = r;
      const made = await Pretraining.create(pipelines, config, sources, { variant, budgetBytes, onProgress });
      if (run !== r) {
        made.destroy();
        return;
      }
      r.pretraining = made;
      if (from) made.restore(from);
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
      const row = { ...metrics, milliseconds: now - last };
      rows.push(row);
      r.rows.push(row);
      if (r.rows.length > mostRows) r.rows = r.rows.filter((_, i) => i % 2 === 0);
      last = now;
      r.health.trained(row, pretraining.config.optim);
      if (now - posted > postEvery) flush();
    };
    const settle = async () => {
      while (waiting.length) await collect();
      flush();
    };
    while (r.state === 'running' || r.state === 'paused') {
      if (pretraining.finished) r.allowance = 0;
      if (r.asked.length || r.saver.due(pretraining.step, performance.now())) {
        await settle();
        await save(r, pretraining);
        last = performance.now();
      }
      if (r.allowance > 0 && r.health.due(pretraining.step)) {
        await settle();
        await taking(r, () => r.health.check());
        last = performance.now();
      }
      if (r.allowance > 0) {
        if (waiting.length === 0) last = performance.now();
        const { metrics } = await taking(r, () => pretraining.advance());
        metrics.catch(() => {}); // reported when it is collected
        waiting.push(metrics);
        r.health.prepare(() => gpu.use(), pretraining, r.variant);
        r.allowance--;
        if (waiting.length > 1) await collect();
        continue;
      }
      await settle();
      if (pretraining.finished) {
        await taking(r, () => r.health.check(pretraining.step));
        setState(r, 'finished');
        break;
      }
      if (r.state === 'running') setState(r, 'paused');
      await save(r, pretraining);
      if (r.allowance > 0 || r.asked.length || hasEnded(r)) continue;
      await new Promise<void>((resolve) => (r.wake = resolve));
    }
    await settle();
    await save(r, pretraining);
  }

  /** Makes a checkpoint for whoever asked, and keeps it if it is a new one. No step is on its way. */
  async function save(r: Run, pretraining: Pretraining): Promise<void> {
    const asked = r.asked.splice(0);
    if (!asked.length && !r.saver.wanted(pretraining.step)) return;
    try {
      const made = await snapshot(r, pretraining);
      if (made && r.saver.wanted(made.step)) r.saver.write(made, saveEvery);
      for (const give of asked.splice(0)) give(made);
    } finally {
      for (const give of asked) give(null);
    }
  }

  async function snapshot(r: Run, pretraining: Pretraining): Promise<Checkpoint | null> {
    const made = await taking(r, () => pretraining.snapshot());
    if (!made) return null;
    const { runId, config, adapter, variant } = r;
    const metrics = r.rows.filter((row) => row.step < made.step);
    const health = r.health.rows.filter((row) => row.step <= made.step);
    return { runId, config, adapter, variant, metrics, health, savedAt: Date.now(), clips: await r.clips, ...made };
  }

  async function checkpoint(runId: string): Promise<Checkpoint | null> {
    const r = run;
    if (r?.runId !== runId || !r.pretraining || r.state === 'failed' || r.state === 'preparing') return null;
    if (hasEnded(r)) return snapshot(r, r.pretraining);
    return new Promise((resolve) => {
      r.asked.push(resolve);
      r.wake();
    });
  }

  async function encoder(runId: string, network: 'target' | 'encoder'): Promise<FrozenEncoder> {
    const r = active(runId);
    const { pretraining } = r;
    if (!pretraining) throw new StudioError('config', 'The run has no weights yet.', 'Wait until it has started.');
    return taking(r, async () => {
      await pretraining.trainer.drain();
      const { weights, size } = pretraining.nets[network];
      const values = await readTensor(pretraining.trainer.program.device, weights, size);
      return { weights: values, config: r.config, step: pretraining.step };
    });
  }

  async function networks(runId: string, weights: 'current' | 'random') {
    const r = active(runId);
    const { pretraining } = r;
    if (!pretraining) throw new StudioError('config', 'The run has no weights yet.', 'Wait until it has started.');
    const { config } = r;
    return taking(r, async () => ({ nets: await pretraining.copy(weights), config, step: pretraining.step }));
  }

  function place(runId: string) {
    const { config, pretraining } = active(runId);
    return { config, step: pretraining?.step ?? 0 };
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
    for (const give of r.asked.splice(0)) give(null);
    await r.saver.close();
    await r.health.close();
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
    begin,
    checkpoint,
    encoder,
    place,
    networks,
    close: async (runId) => (run?.runId === runId ? stopRun() : undefined),
    async handle(command) {
      switch (command.type) {
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
        case 'save':
          if (run && !hasEnded(run)) await checkpoint(command.runId);
          return;
        case 'autosave':
          saveEvery = command.seconds * 1000;
          return;
        case 'map':
          return map(command);
      }
      return command satisfies never;
    },
  };
}

const hasEnded = ({ state }: Run): boolean => state === 'stopped' || state === 'finished' || state === 'failed';

/** Waits for its turn with the networks of a run. */
function taking<T>(r: Run, use: () => Promise<T>): Promise<T> {
  const result = r.turn.then(use, use);
  r.turn = result.catch(() => {});
  return result;
}
