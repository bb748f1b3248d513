// The training side of the worker on the test device, with runs so small that a step takes milliseconds.

import type { RunConfig } from '../core/config.ts';
import { preset } from '../core/presets.ts';
import type { Variant } from '../core/variant.ts';
import type { OpenDevice } from '../gpu/device.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import type { Event, RunState } from '../protocol/messages.ts';
import { Gpu } from '../worker/gpu.ts';
import { KeptRuns } from '../worker/kept-runs.ts';
import type { Library } from '../worker/library.ts';
import { createTraining } from '../worker/training.ts';
import { likely, testPipelines } from './check-operation.ts';

/** A run of so many steps. */
export function tinyConfig(steps: number): RunConfig {
  const c = preset('nano');
  c.batchSize = 2;
  c.model = { ...c.model, crop: 24, frames: 4, dim: 32, depth: 1, heads: 2, predDim: 16, predDepth: 1, predHeads: 2 };
  c.optim = { ...c.optim, ipe: steps, epochs: 1, warmup: 0 };
  return c;
}

/** The test device, which opens at once and is never measured. */
class TestGpu extends Gpu {
  readonly #opened: { open: OpenDevice; pipelines: PipelineCache };

  constructor(pipelines: PipelineCache) {
    super(() => {});
    const { device } = pipelines;
    const open = { device, name: 'test', software: true, features: [...device.features], maxBindingBytes: 2 ** 27 };
    this.#opened = { open: { ...open, lost: new Promise(() => {}) }, pipelines };
  }

  override use() {
    return Promise.resolve(this.#opened);
  }

  override variant(): Variant {
    return likely;
  }

  override settle() {
    return Promise.resolve(likely);
  }
}

export async function trainingOf(library: Library, onGone: () => void = () => {}) {
  const events: Event[] = [];
  const post = (event: Event) => void events.push(event);
  const gpu = new TestGpu(await testPipelines());
  const kept = new KeptRuns(post, library);
  const training = createTraining(post, library, gpu, kept, onGone);
  const states = (runId: string): RunState[] =>
    events.flatMap((event) => (event.type === 'runState' && event.runId === runId ? [event.state] : []));
  return { training, gpu, kept, events, states };
}
