// One arm of an experiment: pre-train with its settings, then ask the frozen features. Runs wherever the engine runs.

import { totalSteps } from '../core/config.ts';
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
import { type Arm, askedClips, trainingClips } from './arms.ts';

export interface Tools {
  pipelines: PipelineCache;
  variant: Variant;
  log: (line: string) => void;
}

/** What is kept of an arm with one seed. */
export interface ArmRecord {
  arm: string;
  seed: number;
  /** mean loss of every tenth of the run */
  losses: number[];
  seconds: number;
  /** by axis, without the confusion table */
  reports: Record<string, Omit<EvaluationReport, 'confusion'>>;
}

/** Motion only: with 300 labelled clips of 32 pixels, shape stayed near chance where it was tried, trained or not. */
export const axes = ['direction', 'speed'] as const;

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
function asked(axis: string, look: DrawnLook): LabelledClip[] {
  return Array.from({ length: askedClips }, (_, i) => {
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
  const { pipelines, variant, log } = tools;
  const config = arm.config(seed);
  const losses: number[] = [];
  let run: Pretraining | null = null;
  if (!arm.untrained) {
    const sources = Array.from({ length: trainingClips }, (_, i) =>
      drawnSource(seed, i, arm.looks[i % arm.looks.length]),
    );
    run = await Pretraining.create(pipelines, config, sources, { variant });
    const waiting: Promise<void>[] = [];
    const total = totalSteps(config.optim);
    while (!run.finished) {
      const { metrics } = await run.advance();
      waiting.push(
        metrics.then(
          (m) =>
            void (losses[Math.floor((m.step * 10) / total)] =
              (losses[Math.floor((m.step * 10) / total)] ?? 0) + (m.loss * 10) / total),
        ),
      );
      if (waiting.length > 2) await waiting.shift();
    }
    await Promise.all(waiting);
    log(`${arm.id} seed ${seed}: losses ${losses.map((l) => l.toFixed(3)).join(' ')}`);
  }
  const reports: ArmRecord['reports'] = {};
  const frozen = new FrozenFeatures(pipelines, config.model, run?.nets.target ?? null, variant);
  const probes = new Probes(pipelines, variant);
  for (const axis of axes) {
    const { noise, background } = arm.asked;
    const request: EvaluationRequest = {
      task: 'probe',
      runId: run ? arm.id : null,
      config,
      beside: null,
      network: 'target',
      data: { kind: 'drawn', seed: 0, clips: askedClips, axis, noise, background },
      split: { train: 0.5, validation: 0.2, seed: 0 },
      probes: ['linear', 'attentive'],
      sources: [run ? 'trained' : 'random'],
      shares: arm.fewLabels && axis === 'direction' ? [1, 0.5, 0.1, 0.05] : [1],
      seeds: 1,
      segments: 1,
      views: 1,
      recipe,
    };
    const { confusion: _, ...report } = await evaluateProbes(request, asked(axis, arm.asked), null, {
      frozen,
      probes,
      signal: new AbortController().signal,
      firstSeed: seed,
      remember: async () => {},
      onProgress: () => {},
      onRow: (row) =>
        log(`${arm.id} seed ${seed}: ${axis}, ${row.probe}, ${row.share} of the labels, ${row.mean.toFixed(3)}`),
    });
    reports[axis] = report;
  }
  frozen.destroy();
  probes.destroy();
  run?.destroy();
  return { arm: arm.id, seed, losses, seconds: (performance.now() - began) / 1000, reports };
}
