// The worker's training side: starts, drives, stops and ends runs, one at a time, and hands out what they have.

import type { RunConfig } from '../core/config.ts';
import { reportError, StudioError } from '../core/errors.ts';
import { settingProblem } from '../core/run-changes.ts';
import { canRun, variants } from '../core/variant.ts';
import type { StepMetrics } from '../core/step-metrics.ts';
import type { RunWeights } from '../protocol/looking.ts';
import type { Command, RunState } from '../protocol/messages.ts';
import type { Checkpoint } from '../tasks/checkpoint.ts';
import { Pretraining } from '../tasks/pretrain.ts';
import { budgetBytes, refuseBadConfig } from './before-run.ts';
import { namesOf } from './clip-refs.ts';
import { RunHealth } from './health.ts';
import type { Gpu } from './gpu.ts';
import type { KeptRuns, OpenRun } from './kept-runs.ts';
import type { Library, Post } from './library.ts';
import { hasEnded, release, type Run } from './run.ts';
import type { SlowStep } from '../protocol/slow.ts';
import { drive, snapshot } from './run-loop.ts';
import {
  type CopiedNetworks,
  copiedNetworks,
  errorMap,
  type FrozenEncoder,
  frozenEncoder,
  networksAt,
} from './run-networks.ts';
import { Saver } from './saver.ts';

type Ask<T extends Command['type']> = Extract<Command, { type: T }>;
type TrainingCommand = Ask<
  'start' | 'pause' | 'resume' | 'step' | 'slowly' | 'change' | 'stop' | 'save' | 'autosave' | 'map'
>;

/** What a run begins with: nothing, or a checkpoint. */
export interface Beginning {
  runId: string;
  config: RunConfig;
  clipIds: string[];
  from: Checkpoint | null;
  /** the step that its folder has already; a branch begins with an empty one */
  saved: number;
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
  /** numbers of a run that is here, ascending; null when it is not */
  rows: (runId: string) => readonly StepMetrics[] | null;
  /** weights of an encoder as they are now, a whole arena; they are the asker's own */
  encoder: (runId: string, network: 'target' | 'encoder') => Promise<FrozenEncoder>;
  /** what a run is trained with and where it is */
  place: (runId: string) => { config: RunConfig; step: number };
  /** networks of a run with these weights; they are the asker's own and have to be freed */
  networks: (runId: string, weights: RunWeights) => Promise<CopiedNetworks>;
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

  /** The first reason stands. */
  function fail(r: Run, error: unknown): void {
    if (r.state !== 'failed') setState(r, 'failed', error);
    release(r);
  }

  async function start({ runId, config, clipIds }: Ask<'start'>): Promise<void> {
    refuseBadConfig(config);
    await begin({ runId, config, clipIds, from: null, saved: 0, open: kept.open(runId) });
  }

  async function begin({ runId, config, clipIds, from, saved, open }: Beginning): Promise<void> {
    await stopRun();
    const r: Run = {
      runId,
      config,
      lineage: from?.lineage ?? [],
      pretraining: null,
      mappers: { current: null, random: null },
      state: 'preparing',
      clips: namesOf(library, clipIds),
      adapter: '',
      variant: variants.workgroup,
      rows: [...(from?.metrics ?? [])],
      health: new RunHealth(post, runId, library, clipIds, from?.health ?? [], budgetBytes),
      saver: new Saver(post, runId, open, saved, performance.now(), saveEvery),
      asked: [],
      slowly: [],
      allowance: Infinity,
      wake: () => {},
      loop: Promise.resolve(),
      turn: Promise.resolve(),
    };
    r.clips().catch(() => {}); // told with the first save
    run = r;
    setState(r, 'preparing');
    try {
      const { open: o, pipelines } = await gpu.use();
      const onProgress = (stage: string, done: number, total: number) =>
        post({ type: 'progress', jobId: r.runId, stage, done, total });
      const sources = clipIds.map((id) => library.source(id));
      r.adapter = o.name;
      // only the same kernels round alike
      r.variant =
        from && canRun(from.variant, o.features)
          ? from.variant
          : await gpu.settle((_, done, total) => onProgress('Finding the fastest kernels', done, total));
      if (run !== r || hasEnded(r)) return;
      const { variant } = r;
      const weightsSeed = r.lineage[0]?.config.seed ?? config.seed;
      const options = { variant, budgetBytes, weightsSeed, onProgress };
      const made = await Pretraining.create(pipelines, config, sources, options);
      if (run !== r || hasEnded(r)) {
        made.destroy();
        return;
      }
      r.pretraining = made;
      if (from) made.restore(from);
      setState(r, 'running');
      r.loop = drive(r, made, { post, gpu, setState, saveEvery: () => saveEvery }).catch((error: unknown) =>
        fail(r, error),
      );
    } catch (error) {
      if (!hasEnded(r)) fail(r, error);
    }
  }

  async function checkpoint(runId: string): Promise<Checkpoint | null> {
    const r = run;
    if (r?.runId !== runId || !r.pretraining || r.state === 'failed' || r.state === 'preparing') return null;
    if (hasEnded(r)) return snapshot(r, r.pretraining, await r.clips());
    return new Promise((resolve, reject) => {
      r.asked.push({ resolve, reject });
      r.wake();
    });
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

  async function slowly({ requestId, runId }: Ask<'slowly'>): Promise<void> {
    const r = active(runId);
    if (r.state !== 'running' && r.state !== 'paused')
      throw new StudioError('config', `The run is ${r.state}: it takes no steps.`, 'Start it first.');
    const slow = await new Promise<SlowStep>((resolve, reject) => {
      r.slowly.push({ resolve, reject });
      r.wake();
    });
    post(
      { type: 'slowStep', requestId, runId, slow },
      slow.rgba.map((picture) => picture.buffer),
    );
  }

  function change({ requestId, runId, setting }: Ask<'change'>): void {
    const r = active(runId);
    const problem = settingProblem(setting);
    if (problem) throw new StudioError('config', problem.message, `Change ${problem.field}.`);
    if (!r.pretraining || hasEnded(r))
      throw new StudioError('config', 'The run takes no steps that could be changed.', 'Branch it instead.');
    r.pretraining.change(setting);
    r.saver.again(r.pretraining.step);
    post({ type: 'changed', requestId, runId, changes: [...r.pretraining.changes] });
    r.wake();
  }

  /** That it has stopped is told by its loop, behind its last numbers. */
  async function end(r: Run): Promise<void> {
    r.allowance = 0;
    if (r.state === 'preparing') setState(r, 'stopped');
    if (r.state === 'running' || r.state === 'paused') r.state = 'stopped';
    r.wake();
    await r.loop;
  }

  async function stopRun(): Promise<void> {
    const r = run;
    if (!r) return;
    run = null;
    await end(r);
    await r.turn.catch(() => {});
    release(r);
    await r.saver.close();
    await r.health.close();
    r.mappers.current?.destroy();
    r.mappers.random?.destroy();
    r.pretraining?.destroy();
  }

  return {
    busy: () => run?.state === 'running' || run?.state === 'preparing',
    begin,
    checkpoint,
    rows: (runId) => (run?.runId === runId ? run.rows : null),
    encoder: (runId, network) => frozenEncoder(active(runId), network),
    place,
    networks: (runId, weights) => {
      const r = active(runId);
      return typeof weights === 'number' ? networksAt(r, weights, kept) : copiedNetworks(r, weights);
    },
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
        case 'slowly':
          return slowly(command);
        case 'change':
          return change(command);
        case 'stop':
          return end(active(command.runId)); // its weights stay for error maps until the next run
        case 'save':
          // what hinders it is told as a save that failed
          if (run && !hasEnded(run)) await checkpoint(command.runId).catch(() => {});
          return;
        case 'autosave':
          saveEvery = command.seconds * 1000;
          return;
        case 'map':
          return post({
            type: 'map',
            requestId: command.requestId,
            runId: command.runId,
            map: await errorMap(active(command.runId), command, library, gpu),
          });
      }
      return command satisfies never;
    },
  };
}
