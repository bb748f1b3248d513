// One arm of an experiment: pre-train with given settings, then ask frozen features. Runs wherever the engine runs.

import type { RunConfig } from '../core/config.ts';
import { totalSteps } from '../core/config.ts';
import type { Variant } from '../core/variant.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import type { EvaluationReport, EvaluationRequest } from '../protocol/evaluation.ts';
import { evaluateProbes } from '../tasks/evaluate.ts';
import { FrozenFeatures } from '../tasks/frozen.ts';
import { Pretraining } from '../tasks/pretrain.ts';
import { Probes } from '../tasks/probe.ts';
import { drawnSource, evaluatedClips, type Look } from './drawn.ts';

export interface Arm {
  id: string;
  config: RunConfig;
  /** what pre-training sees: clip i of the set has the look i mod looks */
  looks: Look[];
  /** clips of the pre-training set */
  clips: number;
}

export interface ArmResult {
  arm: string;
  seed: number;
  losses: number[];
  seconds: number;
  reports: Record<string, EvaluationReport>;
}

/** Evaluation that all arms share; one report per axis. */
export interface Questions {
  axes: string[];
  look: Look;
  clips: number;
  request: Omit<EvaluationRequest, 'data' | 'config' | 'runId'>;
}

export async function runArm(
  pipelines: PipelineCache,
  variant: Variant,
  arm: Arm,
  questions: Questions,
  log: (line: string) => void,
): Promise<ArmResult> {
  const began = performance.now();
  const { config } = arm;
  const sources = Array.from({ length: arm.clips }, (_, i) =>
    drawnSource(config.seed, i, arm.looks[i % arm.looks.length]),
  );
  const run = await Pretraining.create(pipelines, config, sources, { variant });
  const losses: number[] = [];
  const waiting: Promise<void>[] = [];
  for (let step = 0; step < totalSteps(config.optim); step++) {
    const { metrics } = await run.advance();
    waiting.push(metrics.then((m) => void (losses[m.step] = m.loss)));
    if (waiting.length > 2) await waiting.shift();
    if (step % 100 === 99) log(`${arm.id} seed ${config.seed}: step ${step + 1}, loss ${losses[step - 3].toFixed(4)}`);
  }
  await Promise.all(waiting);
  const reports = await ask(pipelines, variant, config, run.nets.target, questions, log);
  run.destroy();
  return { arm: arm.id, seed: config.seed, losses, seconds: (performance.now() - began) / 1000, reports };
}

/** One report per axis; `encoder` null asks random weights alone. */
export async function ask(
  pipelines: PipelineCache,
  variant: Variant,
  config: RunConfig,
  encoder: Pretraining['nets']['target'] | null,
  { axes, look, clips, request }: Questions,
  log: (line: string) => void,
): Promise<Record<string, EvaluationReport>> {
  const frozen = new FrozenFeatures(pipelines, config.model, encoder, variant);
  const probes = new Probes(pipelines, variant);
  const reports: Record<string, EvaluationReport> = {};
  for (const axis of axes) {
    const labelled = evaluatedClips(0, clips, axis, look);
    const data = {
      kind: 'drawn',
      seed: 0,
      clips,
      axis,
      noise: look.noise ?? 0.03,
      background: look.background ?? 'plain',
    } as const;
    reports[axis] = await evaluateProbes({ ...request, config, runId: encoder ? 'run' : null, data }, labelled, null, {
      frozen,
      probes,
      signal: new AbortController().signal,
      remember: async () => {},
      onProgress: () => {},
      onRow: (row) =>
        log(`  ${axis} ${row.source} ${row.probe} ${row.share}: ${row.mean.toFixed(3)} ± ${row.deviation.toFixed(3)}`),
    });
  }
  frozen.destroy();
  probes.destroy();
  return reports;
}
