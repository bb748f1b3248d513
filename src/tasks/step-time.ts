// How long a step of a run takes here, measured before the run is started: the very settings, the very clips, about a second.

import type { RunConfig } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import type { Variant } from '../core/variant.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import type { ClipFrameSource } from './clips.ts';
import { Pretraining } from './pretrain.ts';

/** Milliseconds of steps that are timed, and the fewest of them. */
const enough = 1000;
const fewest = 2;

export interface StepTime {
  milliseconds: number;
  /** how many it is the mean of */
  steps: number;
}

/**
 * Mean time of a step when two overlap, as in training. The first one is not counted: it draws clips and makes what later
 * ones find made. `advance` submits a step. Throws StudioError 'cancelled'.
 */
export async function timeSteps(
  advance: () => Promise<{ metrics: Promise<unknown> }>,
  cancelled: () => boolean,
  now: () => number,
): Promise<StepTime> {
  await (
    await advance()
  ).metrics;
  const began = now();
  const waiting: Promise<unknown>[] = [];
  let steps = 0;
  while (steps < fewest || now() - began < enough) {
    if (cancelled()) throw new StudioError('cancelled', 'The time of a step was not measured to the end.');
    while (waiting.length < 2) {
      const { metrics } = await advance();
      metrics.catch(() => {}); // told when it is awaited
      waiting.push(metrics);
    }
    await waiting.shift();
    steps++;
  }
  const milliseconds = (now() - began) / steps;
  await waiting.shift(); // nothing may be on its way when the networks go
  return { milliseconds, steps };
}

/** Makes the run of these settings, takes some of its steps and throws it away. */
export async function measureStepTime(
  pipelines: PipelineCache,
  config: RunConfig,
  sources: ClipFrameSource[],
  options: { variant: Variant; cancelled: () => boolean },
): Promise<StepTime> {
  const run = await Pretraining.create(pipelines, config, sources, options);
  try {
    return await timeSteps(
      () => run.advance(),
      options.cancelled,
      () => performance.now(),
    );
  } finally {
    run.destroy();
  }
}
