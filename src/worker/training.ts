// The worker's training side: starts, drives, stops and ends runs, one at a time, and hands out what they have.

import type { ProbeInterval } from '../core/check-budget.ts';
import type { RunConfig } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { isFull, mostChanges, settingProblem } from '../core/run-changes.ts';
import type { StepMetrics } from '../core/step-metrics.ts';
import type { RunWeights } from '../protocol/looking.ts';
import type { Command } from '../protocol/messages.ts';
import type { Checkpoint } from '../tasks/checkpoint.ts';
import type { Pretraining } from '../tasks/pretrain.ts';
import { refuseBadConfig, refuseUnkeepable } from './before-run.ts';
import { type Beginning, newRun, prepare } from './beginning.ts';
import type { Gpu } from './gpu.ts';
import type { KeptRuns } from './kept-runs.ts';
import type { Library, Post } from './library.ts';
import { hasEnded, lastTurn, release, type Run, taking } from './run.ts';
import type { SlowStep } from '../protocol/slow.ts';
import { drive, type RunHost, save, snapshot } from './run-loop.ts';
import {
  type CopiedNetworks,
  copiedNetworks,
  errorMap,
  type FrozenEncoder,
  frozenEncoder,
  networksAt,
  type Reached,
} from './run-networks.ts';
import { runStates } from './run-states.ts';

type Ask<T extends Command['type']> = Extract<Command, { type: T }>;
type TrainingCommand = Ask<
  | 'start'
  | 'pause'
  | 'resume'
  | 'step'
  | 'slowly'
  | 'change'
  | 'check'
  | 'probeEvery'
  | 'stop'
  | 'save'
  | 'autosave'
  | 'map'
>;

/** What others may do with runs. */
export interface Training {
  handle: (command: TrainingCommand) => Promise<void>;
  /** whether a run is taking steps */
  busy: () => boolean;
  begin: (beginning: Beginning) => Promise<void>;
  /** ends the run with this name if it is here, and gives its lock back */
  close: (runId: string) => Promise<void>;
  /** what a run has reached; null when it is not here, its device was lost, or its weights are older than its step */
  checkpoint: (runId: string) => Promise<Checkpoint | null>;
  /** numbers of a run that is here, ascending, of a long one not of every step; null when it is not */
  rows: (runId: string) => readonly StepMetrics[] | null;
  /** weights of an encoder as they are now, a whole arena; they are the asker's own */
  encoder: (runId: string, network: 'target' | 'encoder') => Promise<FrozenEncoder>;
  /** what a run is trained with and where it is */
  place: (runId: string) => Reached & { config: RunConfig };
  /** networks of a run with these weights; they are the asker's own and have to be freed */
  networks: (runId: string, weights: RunWeights) => Promise<CopiedNetworks>;
}

/** `onGone`: a run has given its memory back. */
export function createTraining(
  post: Post,
  library: Library,
  gpu: Gpu,
  kept: KeptRuns,
  onGone: () => void = () => {},
): Training {
  /** the newest, known from the moment it was asked for; those before it may still be ending */
  let run: Run | null = null;
  /** runs that have not given everything back, the newest among them */
  const here = new Set<Run>();
  let begun = 0;
  /** milliseconds between two saves */
  let saveEvery = 10_000;
  /** steps between two checks with probes; null: as they are earned */
  let probeEvery: ProbeInterval | null = null;
  const { setState, fail, lose } = runStates(post, kept);
  const host: RunHost = { post, gpu, setState, saveEvery: () => saveEvery };

  gpu.onLost = (error) => {
    for (const r of here) lose(r, error);
  };

  async function start({ runId, config, clipIds }: Ask<'start'>): Promise<void> {
    refuseBadConfig(config);
    refuseUnkeepable(config);
    await begin({ runId, config, clipIds, from: null, saved: 0, open: () => kept.open(runId) });
  }

  async function begin(beginning: Beginning): Promise<void> {
    const before = run;
    if (before) halt(before);
    const r = newRun(beginning, { post, library, saveEvery, probeEvery, begun: ++begun });
    r.clips().catch(() => {}); // told with the first save
    run = r;
    here.add(r);
    const prepared = ready(r, beginning, before);
    r.loop = prepared
      .then(async (made) => {
        if (made) await drive(r, made, host);
      })
      .catch((error: unknown) => fail(r, error))
      // no check and no step follows, and what they need is free for others
      .then(() => r.health.close())
      .then(() => endSteps(r));
    await prepared;
  }

  /** Its weights stay, for maps and branches. */
  async function endSteps(r: Run): Promise<void> {
    const { pretraining } = r;
    if (!pretraining || r.lost) return;
    await taking(r, () => pretraining.endSteps()).catch(() => {}); // a lost device, which is told, has nothing to give back
  }

  /** Waits until the run before has given everything back, then makes this one ready; null where nothing came of it. */
  async function ready(r: Run, beginning: Beginning, before: Run | null): Promise<Pretraining | null> {
    try {
      if (before) await end(before);
      if (hasEnded(r)) return null;
      setState(r, 'preparing');
      const made = await prepare(r, beginning, { post, library, gpu });
      if (made) setState(r, 'running');
      return made;
    } catch (error) {
      if (!hasEnded(r)) fail(r, error);
      return null;
    }
  }

  async function checkpoint(runId: string): Promise<Checkpoint | null> {
    const r = found(runId);
    if (!r?.pretraining || r.lost || r.state === 'failed' || r.state === 'preparing') return null;
    if (hasEnded(r)) return (await snapshot(r, r.pretraining, await r.clips()))?.checkpoint ?? null;
    return new Promise((resolve, reject) => {
      r.asked.push({ resolve, reject });
      r.wake();
    });
  }

  /** What hinders it is told as a save that failed. What an ended run could not keep is tried again, behind its loop. */
  async function saveNow(runId: string): Promise<void> {
    const r = found(runId);
    if (!r?.pretraining || r.state === 'failed') return;
    if (!hasEnded(r)) return void (await checkpoint(runId).catch(() => {}));
    const { pretraining } = r;
    r.loop = r.loop.then(() => save(r, pretraining, host)).catch((error: unknown) => fail(r, error));
    await r.loop;
  }

  function place(runId: string) {
    const { config, begun, pretraining } = active(runId);
    return { config, begun, step: pretraining?.step ?? 0 };
  }

  /** The newest run, if it has this name and is not on its way out. */
  const found = (runId: string): Run | null => (run?.runId === runId && !run.ended ? run : null);

  function active(runId: string): Run {
    const r = found(runId);
    if (!r) throw new StudioError('internal', `There is no run ${runId}.`, 'Start it again.');
    return r;
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
    if (isFull(r.pretraining.changes, r.pretraining.step))
      throw new StudioError(
        'config',
        `The run was changed ${mostChanges} times, which is as often as one can be.`,
        'Branch it: the branch may be changed as often again.',
      );
    r.pretraining.change(setting);
    r.saver.again(r.pretraining.step);
    post({ type: 'changed', requestId, runId, changes: [...r.pretraining.changes] });
    r.wake();
  }

  /** Its health with probes at once, also while it rests. A run at its end has its last check in any case. */
  async function check(runId: string): Promise<void> {
    const r = active(runId);
    if (!r.pretraining || hasEnded(r)) return;
    await r.health.ask(() => gpu.use(), r.pretraining, r.variant);
    r.wake();
  }

  /** No step follows. That a run which took steps has stopped is told by its loop, behind its last numbers. */
  function halt(r: Run): void {
    r.allowance = 0;
    if (r.state === 'preparing') setState(r, 'stopped');
    if (r.state === 'running' || r.state === 'paused') r.state = 'stopped';
    r.wake();
  }

  /** Ends a run for good: it gives its lock and its memory back. */
  function end(r: Run): Promise<void> {
    return (r.ended ??= (async () => {
      halt(r);
      r.health.abandon(); // whoever comes next need not wait until all of it is compiled and looked at
      await r.loop;
      await lastTurn(r);
      release(r);
      try {
        await r.saver.close();
        await r.health.close();
      } finally {
        r.mappers.current?.destroy();
        r.mappers.random?.destroy();
        r.pretraining?.destroy();
        here.delete(r);
        if (run === r) run = null;
        onGone();
      }
    })());
  }

  return {
    busy: () => run?.state === 'running' || run?.state === 'preparing',
    begin,
    checkpoint,
    rows: (runId) => found(runId)?.rows ?? null,
    encoder: (runId, network) => frozenEncoder(active(runId), network),
    place,
    networks: (runId, weights) => {
      const r = active(runId);
      return typeof weights === 'number' ? networksAt(r, weights, kept) : copiedNetworks(r, weights);
    },
    async close(runId) {
      for (const r of here) if (r.runId === runId) await end(r);
    },
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
        case 'check':
          return check(command.runId);
        case 'probeEvery':
          probeEvery = command.steps;
          for (const r of here) r.health.probeEvery = probeEvery;
          return;
        case 'stop':
          return halt(active(command.runId)); // its weights stay until the next run
        case 'save':
          return saveNow(command.runId);
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
