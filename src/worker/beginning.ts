// What a run begins with, and how it is made ready to take steps.

import type { ProbeInterval } from '../core/check-budget.ts';
import type { RunConfig } from '../core/config.ts';
import { canRun, variants } from '../core/variant.ts';
import type { Checkpoint } from '../tasks/checkpoint.ts';
import { Pretraining } from '../tasks/pretrain.ts';
import { namesOf } from './clip-refs.ts';
import type { Gpu } from './gpu.ts';
import { RunHealth } from './health.ts';
import type { OpenRun } from './own-runs.ts';
import type { Library, Post } from './library.ts';
import { hasEnded, type Run } from './run.ts';
import { Saver } from './saver.ts';

/** What a run begins with: nothing, or a checkpoint. */
export interface Beginning {
  runId: string;
  config: RunConfig;
  clipIds: string[];
  from: Checkpoint | null;
  /** it takes no step until it is told to */
  rests?: boolean;
  /** the step that its folder has already; a branch begins with an empty one */
  saved: number;
  /** its folder, under the run's lock */
  open: () => Promise<OpenRun>;
}

/** Milliseconds after which a run is saved of which nothing is kept yet: with its first step where that comes later. */
const firstSave = 1000;

/** A run of which only the intention is there. `saveEvery`: milliseconds between two saves; `probeEvery`: steps between two checks
 * with probes, null as they are earned. */
export function newRun(
  { runId, config, clipIds, from, rests, saved, open }: Beginning,
  {
    post,
    library,
    saveEvery,
    probeEvery,
    begun,
  }: {
    post: Post;
    library: Library;
    saveEvery: number;
    probeEvery: ProbeInterval | null;
    begun: number;
  },
): Run {
  const health = new RunHealth(post, runId, library, clipIds, from?.health ?? []);
  health.probeEvery = probeEvery;
  const isKept = from !== null && saved >= from.step;
  return {
    runId,
    begun,
    config,
    lineage: from?.lineage ?? [],
    pretraining: null,
    mappers: { current: null, random: null },
    state: 'preparing',
    clips: namesOf(library, clipIds),
    adapter: '',
    before: from && { adapter: from.adapter, step: from.step },
    lost: false,
    failure: null,
    variant: variants.workgroup,
    rows: [...(from?.metrics ?? [])],
    health,
    saver: new Saver(post, runId, open, saved, performance.now(), isKept ? saveEvery : Math.min(saveEvery, firstSave)),
    asked: [],
    slowly: [],
    allowance: rests ? 0 : Infinity,
    wake: () => {},
    loop: Promise.resolve(),
    turn: Promise.resolve(),
    ended: null,
    freed: false,
  };
}

/** Gives a run its networks and its compiled step; null when it was ended meanwhile. */
export async function prepare(
  r: Run,
  { config, clipIds, from }: Beginning,
  { post, library, gpu }: { post: Post; library: Library; gpu: Gpu },
): Promise<Pretraining | null> {
  const { open, pipelines } = await gpu.use();
  const onProgress = (stage: string, done: number, total: number) =>
    post({ type: 'progress', jobId: r.runId, stage, done, total });
  const sources = clipIds.map((id) => library.source(id));
  r.health.learnsFrom(clipIds.map((id) => library.clip(id)));
  r.adapter = open.name;
  // only the same kernels round alike
  r.variant =
    from && canRun(from.variant, open.features)
      ? from.variant
      : await gpu.settle((_, done, total) => onProgress('Finding the fastest kernels', done, total));
  // what is being measured or replayed gives way to a run, and its memory back
  let room = false;
  const given = gpu.allGaveWay().then(() => (room = true));
  while (!room && !hasEnded(r)) await Promise.race([given, new Promise<void>((resolve) => (r.wake = resolve))]);
  if (hasEnded(r)) return null;
  const { variant } = r;
  const weightsSeed = r.lineage[0]?.config.seed ?? config.seed;
  const made = await Pretraining.create(pipelines, config, sources, { variant, weightsSeed, onProgress });
  if (hasEnded(r)) {
    made.destroy();
    return null;
  }
  r.pretraining = made;
  if (from) made.restore(from);
  return made;
}
