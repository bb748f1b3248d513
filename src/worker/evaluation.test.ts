import { afterEach, describe, expect, it, vi } from 'vitest';
import { gridOf, type RunConfig } from '../core/config.ts';
import { tokenCount } from '../core/grid.ts';
import { layoutArena } from '../gpu/arena.ts';
import { encoderParameters } from '../model/parameters.ts';
import type { EvaluationRequest } from '../protocol/evaluation.ts';
import type { Event } from '../protocol/messages.ts';
import { writeCheckpoint } from '../tasks/checkpoint.ts';
import type { EvaluationTools } from '../tasks/evaluate.ts';
import { FrozenFeatures } from '../tasks/frozen.ts';
import { watchBuffers } from '../testing/buffers.ts';
import { tinyConfig, trainingOf } from '../testing/training-rig.ts';
import { Classifier, type ClassifierShape } from '../train/classifier.ts';
import { Evaluation } from './evaluation.ts';
import { Library } from './library.ts';

const sizes = { dim: 32, heads: 2, classes: 4, depth: 1, mlpRatio: 4, completeBlock: true, upstream: 'jepa' } as const;
const shape: ClassifierShape = { probe: 'attentive', sizes, tokens: 18, batch: 1 };

/** What the evaluation does once its probe is trained. */
let behind: (signal: AbortSignal) => Promise<void> = async () => {};

// what is asked of features is not asked here
vi.mock('../tasks/evaluate.ts', () => ({
  evaluateProbes: async (_: unknown, __: unknown, ___: unknown, { remember, signal }: EvaluationTools) => {
    const weights = () => Promise.resolve(new Float32Array(1));
    await remember({ shape, weights } as unknown as Classifier);
    await behind(signal);
    return {};
  },
}));

afterEach(() => {
  behind = async () => {};
  vi.restoreAllMocks();
});

const config = tinyConfig(4);

/** Tensors of an encoder, as a checkpoint has them. */
const encoder = (c: RunConfig) =>
  layoutArena('', encoderParameters({ ...c.model, tokens: tokenCount(gridOf(c.model)) }), false);

function checkpoint() {
  const tensors = [...encoder(config).parameters.values()].map(
    ({ name, shape, size }) => [`target_encoder.${name}`, { shape, data: new Float32Array(size) }] as const,
  );
  return writeCheckpoint({
    runId: 'b',
    config,
    step: 2,
    savedAt: 5,
    clips: [{ kind: 'drawn', seed: 0, first: 0, count: 8 }],
    adapter: '',
    variant: { product: 'quads', attention: 'registers', rows: 'thread', storage: 'single' },
    changes: [],
    lineage: [],
    health: [],
    metrics: [],
    tensors: new Map(tensors),
  });
}

const request: EvaluationRequest = {
  task: 'probe',
  runId: 'a',
  config,
  beside: null,
  network: 'target',
  data: { kind: 'drawn', seed: 0, clips: 16, axis: 'direction', noise: 0, background: 'plain' },
  split: { train: 0.5, validation: 0.25, seed: 0 },
  probes: ['attentive'],
  sources: ['trained'],
  shares: [1],
  seeds: 1,
  segments: 1,
  views: 1,
  recipe: { epochs: 1, batchSize: 4, lr: 1e-3, weightDecay: 0, depth: 1, completeBlock: true, neighbours: 1 },
};

async function evaluation() {
  const events: Event[] = [];
  const { gpu, training, kept } = await trainingOf(new Library(() => {}));
  const weights = new Float32Array(encoder(config).size);
  vi.spyOn(training, 'encoder').mockResolvedValue({ weights, config, step: 1 });
  vi.spyOn(kept, 'newest').mockResolvedValue({ bytes: checkpoint(), step: 2 } as never);
  const made = new Evaluation((event) => void events.push(event), new Library(() => {}), gpu, training, kept);
  const { pipelines } = await gpu.use();
  return { made, events, training, device: pipelines.device };
}

it('a network beside that the GPU refuses ends the evaluation with a reason, and nothing of it stays', async () => {
  const { made, events, device } = await evaluation();
  let encoders = 0;
  const buffers = watchBuffers(device, (label) => label.startsWith('evaluated encoder') && ++encoders === 2);
  const beside = { runId: 'b', label: 'another run' };
  await made.evaluate({ type: 'evaluate', jobId: 'j', request: { ...request, beside } });
  expect(events.find(({ type }) => type === 'evaluationFailed')).toMatchObject({
    error: { message: expect.stringContaining('WebGPU refused an evaluated encoder') },
  });
  expect(encoders).toBe(2);
  expect(buffers.alive()).toEqual([]);
});

it('looking with a probe that cannot be made again leaves nothing behind', async () => {
  const { made, events, device } = await evaluation();
  await made.evaluate({ type: 'evaluate', jobId: 'j', request });
  expect(events.map(({ type }) => type)).toContain('evaluated');
  const buffers = watchBuffers(device);
  vi.spyOn(Classifier, 'create').mockRejectedValue(new Error('no room'));
  const look = made.look({ type: 'lookWithProbe', requestId: 'q', evaluation: 'j', clip: { kind: 'drawn', index: 0 } });
  await expect(look).rejects.toThrow('no room');
  expect(buffers.made).toEqual(['evaluated encoder.weights']);
  expect(buffers.alive()).toEqual([]);
});

it('a clip is answered as in the report, by all its views, and looked at in the middle one', async () => {
  const { made, events } = await evaluation();
  const seen: number[][] = [];
  const asked: boolean[] = [];
  vi.spyOn(FrozenFeatures.prototype, 'read').mockImplementation((clips, _, __, { views }) => {
    const each = shape.tokens * shape.sizes.dim;
    const values = Float32Array.from({ length: views * each }, (___, i) => Math.floor(i / each));
    const { dim, heads } = shape.sizes;
    return Promise.resolve({ clips: clips.length, views, tokens: shape.tokens, dim, heads, values, pooled: values });
  });
  const { heads } = shape.sizes;
  vi.spyOn(Classifier, 'create').mockResolvedValue({
    load: () => {},
    destroy: () => {},
    answer: (features: Float32Array, _: number, look: boolean) => {
      seen.push([features.length, features[0], features.at(-1)!]);
      asked.push(look);
      const logits = Float32Array.from({ length: 4 }, (__, k) => (k === features[0] ? 100 : 0));
      const looked = new Float32Array(shape.tokens * heads).fill(features[0]);
      return Promise.resolve({ logits, looked: look ? looked : null });
    },
  } as unknown as Classifier);
  await made.evaluate({ type: 'evaluate', jobId: 'j', request: { ...request, views: 3 } });
  await made.look({ type: 'lookWithProbe', requestId: 'q', evaluation: 'j', clip: { kind: 'drawn', index: 0 } });
  const each = shape.tokens * shape.sizes.dim;
  expect(seen).toEqual([0, 1, 2].map((v) => [each, v, v]));
  expect(asked).toEqual([false, true, false]);
  const answered = events.find((event) => event.type === 'looked');
  expect(answered?.attention.weights).toEqual(new Float32Array(shape.tokens * heads).fill(1));
  // each view is sure of another class
  answered?.attention.answer.forEach((p, k) => expect(p).toBeCloseTo(k < 3 ? 1 / 3 : 0, 6));
});

describe('the attentive probe', () => {
  /** Whether it is still held: looking gets as far as making it again. */
  const held = async (made: Evaluation, of = 'first'): Promise<boolean> => {
    vi.spyOn(Classifier, 'create').mockRejectedValue(new Error('held'));
    const looked = await made
      .look({ type: 'lookWithProbe', requestId: 'q', evaluation: of, clip: { kind: 'drawn', index: 0 } })
      .catch((error: unknown) => (error as Error).message);
    if (looked !== 'held') expect(looked).toMatch(/^The attentive probe of these results is not there any more/);
    return looked === 'held';
  };

  it('is held as long as its report can be looked at, and let go when another evaluation begins', async () => {
    const { made, training } = await evaluation();
    await made.evaluate({ type: 'evaluate', jobId: 'first', request });
    expect(await held(made)).toBe(true);
    await made.evaluate({ type: 'evaluate', jobId: 'again', request });
    // never another report's
    expect(await held(made, 'again')).toBe(true);
    expect(await held(made)).toBe(false);
    // the next one has not trained its own
    let go: (error: Error) => void = () => {};
    vi.spyOn(training, 'encoder').mockReturnValue(new Promise((_, reject) => (go = reject)));
    const running = made.evaluate({ type: 'evaluate', jobId: 'second', request });
    await vi.waitFor(() => expect(training.encoder).toHaveBeenCalled());
    expect(await held(made, 'again')).toBe(false);
    go(new Error('no such run'));
    await running;
  });

  it.each(['fails', 'is cancelled'])(
    'of an evaluation that %s behind it is let go: there is no report',
    async (how) => {
      const { made, events } = await evaluation();
      behind = async (signal) => {
        if (how === 'fails') throw new Error('behind');
        made.cancel('j');
        signal.throwIfAborted();
      };
      await made.evaluate({ type: 'evaluate', jobId: 'j', request });
      expect(events.at(-1)).toMatchObject({ type: 'jobDone', cancelled: how === 'is cancelled' });
      expect(await held(made, 'j')).toBe(false);
    },
  );
});
