// Evaluation of boxes: what is in each of two given boxes, read off frozen features, beside the same network with random
// weights. Drawn pairs of bodies only: their boxes are exact.

import { gridOf } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { mean } from '../core/measures.ts';
import type { Variant } from '../core/variant.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import { clipShape } from '../model/pack.ts';
import type { EvaluationReport, EvaluationRequest, EvaluationRow, Trial } from '../protocol/evaluation.ts';
import { tubeletBoxes } from '../video/procedural-boxes.ts';
import { pairLabels } from '../video/procedural.ts';
import { evaluatedWindow } from './clips.ts';
import { detect, detectRecipe } from './detect.ts';
import type { FrozenFeatures } from './frozen.ts';
import { type LabelledClip, LabelledSet, type Telling, WorkClock } from './labelled.ts';

export interface DetectionTools extends Telling {
  pipelines: PipelineCache;
  variant: Variant;
  frozen: Pick<FrozenFeatures, 'read'>;
}

const bodies = 2;

/** clips: drawn pairs, each with the label of its first body. */
export async function evaluateDetection(
  request: EvaluationRequest,
  clips: readonly LabelledClip[],
  step: number | null,
  tools: DetectionTools,
): Promise<EvaluationReport> {
  const { data, config } = request;
  if (data.kind !== 'drawn')
    throw new StudioError('config', 'Boxes are only known of drawn clips.', 'Choose drawn clips for this task.');
  const set = new LabelledSet(clips, request);
  const { classes, test } = set.split;
  const { model } = config;
  const t = gridOf(model).t;
  const boxes = new Float32Array(clips.length * bodies * t * 4);
  const labels = new Uint8Array(clips.length * bodies * classes.length);
  clips.forEach(({ clip, source }, i) => {
    const index = clip.kind === 'drawn' ? clip.index : 0;
    const { frames, seen } = evaluatedWindow(model, config.data, source);
    boxes.set(tubeletBoxes(data.seed, index, frames, clipShape(model).tubelet, 'pair', seen), i * bodies * t * 4);
    pairLabels(data.seed, index).forEach((own, b) => {
      const k = classes.indexOf(own[data.axis]);
      if (k < 0)
        throw new StudioError(
          'config',
          `No first body of ${clips.length} clips has the ${data.axis} ${own[data.axis]}.`,
          'Take more clips.',
        );
      labels[(i * bodies + b) * classes.length + k] = 1;
    });
  });
  const seeds = Array.from({ length: request.seeds }, (_, i) => i);
  const sources = request.runId === null ? (['random'] as const) : (['trained', 'random'] as const);
  const clock = new WorkClock();
  for (const source of sources) {
    clock.plan('features', source === 'random' ? seeds.length : 1);
    clock.plan('boxes', seeds.length);
  }
  const onProgress = (stage: string, done: number, total: number) => tools.onProgress(stage, done, total, clock.left());
  const rows: EvaluationRow[] = [];
  const chances: number[] = [];
  for (const source of sources) {
    const trials: Trial[] = [];
    for (const network of source === 'random' ? seeds : [0]) {
      const features = await clock.take('features', 1, () =>
        tools.frozen.read(clips, source, network, { ...request, segments: 1, views: 1 }, tools.signal, (done) =>
          onProgress(source === 'random' ? 'Random weights' : 'Trained features', done, clips.length),
        ),
      );
      for (const seed of seeds.filter((s) => source !== 'random' || s === network)) {
        const outcome = await clock.take('boxes', 1, () =>
          detect(tools.pipelines, tools.variant, {
            features: features.values,
            grid: gridOf(model),
            dim: model.dim,
            bodies,
            boxes,
            labels,
            classes: classes.length,
            ...set.parts(seed),
            test,
            recipe: { ...detectRecipe(), epochs: request.recipe.epochs },
            seed,
            signal: tools.signal,
            onProgress,
          }),
        );
        trials.push({
          seed,
          draw: 0,
          validation: outcome.validation,
          epoch: outcome.epoch,
          epochs: request.recipe.epochs,
          test: outcome.test,
        });
        chances.push(outcome.chance);
      }
    }
    const row = set.row({ source, probe: 'boxes', share: 1 }, trials);
    rows.push(row);
    tools.onRow(row);
  }
  return { ...(await set.report(rows, null, step, 'map')), chance: mean(chances) };
}
