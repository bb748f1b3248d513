// One arm of an experiment: pre-train with its settings, then ask the frozen features. Runs wherever the engine runs.

import { type RunConfig, totalSteps } from '../core/config.ts';
import { type DrawnLook, firstAsked } from '../core/drawn-look.ts';
import type { Variant } from '../core/variant.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import type { EvaluationReport, EvaluationRequest } from '../protocol/evaluation.ts';
import { evaluateProbes } from '../tasks/evaluate.ts';
import type { LabelledClip } from '../tasks/labelled.ts';
import type { ClipFrameSource } from '../tasks/clips.ts';
import { FrozenFeatures } from '../tasks/frozen.ts';
import { Pretraining } from '../tasks/pretrain.ts';
import { Probes } from '../tasks/probe.ts';
import { drawProceduralClip, proceduralLabels } from '../video/procedural.ts';
import { type Arm, asking, type Asking, type Axis, trainingClips } from './arms.ts';

export interface Tools {
  pipelines: PipelineCache;
  variant: Variant;
  /** of the adapter, see gpu/device.ts */
  features: readonly string[];
  log: (line: string) => void;
}

export type ArmReport = Omit<EvaluationReport, 'confusion'>;

/** What is kept of an arm with one seed. */
export interface ArmRecord {
  arm: string;
  seed: number;
  /** mean loss of every tenth of the run */
  losses: number[];
  seconds: number;
  /** of the machine that recorded it; added by whoever opened the device */
  adapter?: string;
  /** by axis, without the confusion table */
  reports: Record<string, ArmReport>;
  /** by axis, where the same was asked with several splits */
  repeated?: Record<string, ArmReport[]>;
}

/** Side and length of the drawn pictures, before the usual transforms. */
const side = 64;
const frames = 48;

/** Clip `index` of a set; a frame is drawn when it is first asked for, and kept. */
export function drawnSource(seed: number, index: number, look: DrawnLook): ClipFrameSource {
  const kept = new Map<number, Uint8Array>();
  return {
    frames,
    width: side,
    height: side,
    rgb(frame) {
      const known = kept.get(frame);
      if (known) return known;
      const picture = drawProceduralClip(seed, index, { frames: 1, start: frame, side, ...look }).rgb;
      kept.set(frame, picture);
      return picture;
    },
  };
}

/** The same clips for every arm and seed. */
function asked(axis: string, look: DrawnLook, clips: number): LabelledClip[] {
  return Array.from({ length: clips }, (_, i) => {
    const index = firstAsked + i;
    return {
      id: `drawn ${index}`,
      name: `Drawn clip ${index}`,
      label: proceduralLabels(0, index)[axis],
      group: null,
      source: drawnSource(0, index, look),
      clip: { kind: 'drawn', index },
    };
  });
}

/** Every probe has the recipe of the official evaluation, with the batch of a small machine. */
const recipe: EvaluationRequest['recipe'] = {
  epochs: 20,
  batchSize: 32,
  lr: 1e-3,
  weightDecay: 0.01,
  depth: 1,
  completeBlock: true,
  neighbours: 10,
};

export async function runArm(arm: Arm, seed: number, tools: Tools): Promise<ArmRecord> {
  const began = performance.now();
  const config = arm.config(seed);
  const trained = arm.untrained ? null : await trainArm(arm, config, tools);
  const shares = (axis: Axis) => (arm.fewLabels && axis === 'direction' ? [1, 0.5, 0.1, 0.05] : [1]);
  const questions = arm.axes.map((axis) => ({ axis, shares: shares(axis) }));
  const reports = await askArm(arm, config, trained?.run ?? null, asking, questions, tools);
  trained?.run.destroy();
  const { id } = arm;
  return { arm: id, seed, losses: trained?.losses ?? [], seconds: (performance.now() - began) / 1000, reports };
}

/** Trains to the end on drawn clips. The run is the asker's; losses are means over tenths of it. */
export async function trainArm(
  { id, looks }: Pick<Arm, 'id' | 'looks'>,
  config: RunConfig,
  tools: Tools,
): Promise<{ run: Pretraining; losses: number[] }> {
  const sources = Array.from({ length: trainingClips }, (_, i) => drawnSource(config.seed, i, looks[i % looks.length]));
  const run = await Pretraining.create(tools.pipelines, config, sources, { variant: tools.variant });
  return { run, losses: await takeAllSteps(run, `${id} seed ${config.seed}`, tools) };
}

/** Mean losses of every tenth of a run. */
export async function takeAllSteps(run: Pretraining, name: string, { log }: Pick<Tools, 'log'>): Promise<number[]> {
  const total = totalSteps(run.config.optim);
  const losses = Array.from({ length: 10 }, () => 0);
  const waiting: Promise<void>[] = [];
  while (!run.finished) {
    const { metrics } = await run.advance();
    waiting.push(metrics.then((m) => void (losses[Math.floor((m.step * 10) / total)] += (m.loss * 10) / total)));
    if (waiting.length > 2) await waiting.shift();
  }
  await Promise.all(waiting);
  log(`${name}: losses ${losses.map((l) => l.toFixed(3)).join(' ')}`);
  return losses;
}

/** Asks the frozen features of a run, or of random weights, about each axis of the drawn clips. */
export async function askArm(
  arm: Pick<Arm, 'id' | 'asked'>,
  config: RunConfig,
  run: Pretraining | null,
  { train, validation, test }: Asking,
  questions: readonly { axis: Axis; shares: number[] }[],
  tools: Tools,
): Promise<ArmRecord['reports']> {
  const clips = train + validation + test;
  const split = { train: train / clips, validation: validation / clips, seed: 0 };
  const { noise, background } = arm.asked;
  const frozen = new FrozenFeatures(tools.pipelines, config.model, run?.nets.target ?? null, tools.variant);
  const once = readOnce(frozen);
  const reports: ArmRecord['reports'] = {};
  for (const { axis, shares } of questions) {
    const data = { kind: 'drawn', seed: 0, clips, axis, noise, background } as const;
    const question = { data, clips: asked(axis, arm.asked, clips), shares, split };
    reports[axis] = await askFrozen({ id: arm.id, config, trained: run !== null, frozen: once, ...question }, tools);
  }
  frozen.destroy();
  return reports;
}

/** Features that are read once for all questions: the same clips have other labels. */
export function readOnce(frozen: FrozenFeatures): Pick<FrozenFeatures, 'read'> {
  const known = new Map<string, ReturnType<FrozenFeatures['read']>>();
  return {
    read(clips, source, network, ...rest) {
      const key = `${source} ${network}`;
      const found = known.get(key) ?? frozen.read(clips, source, network, ...rest);
      known.set(key, found);
      return found;
    },
  };
}

interface Question {
  id: string;
  config: RunConfig;
  /** or else random weights */
  trained: boolean;
  frozen: Pick<FrozenFeatures, 'read'>;
  data: EvaluationRequest['data'];
  clips: readonly LabelledClip[];
  shares: number[];
  split: EvaluationRequest['split'];
  /** both unless told */
  probes?: EvaluationRequest['probes'];
}

/** Probes on frozen features. */
export async function askFrozen(
  { id, config, trained, frozen, data, clips, shares, split, probes: asked = ['linear', 'attentive'] }: Question,
  { pipelines, variant, log }: Tools,
): Promise<ArmReport> {
  const probes = new Probes(pipelines, variant);
  const request: EvaluationRequest = {
    task: 'probe',
    runId: trained ? id : null,
    config,
    beside: null,
    network: 'target',
    data,
    split,
    probes: asked,
    sources: [trained ? 'trained' : 'random'],
    shares,
    seeds: 1,
    segments: 1,
    views: 1,
    recipe,
  };
  const { confusion: _, ...report } = await evaluateProbes(request, clips, null, {
    frozen,
    probes,
    signal: new AbortController().signal,
    firstSeed: config.seed,
    remember: async () => {},
    onProgress: () => {},
    onRow: (row) =>
      log(`${id} seed ${config.seed}: ${data.axis}, ${row.probe}, ${row.share} of the labels, ${row.mean.toFixed(3)}`),
  });
  probes.destroy();
  return report;
}
