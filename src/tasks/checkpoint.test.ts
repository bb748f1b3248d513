import { expect, it } from 'vitest';
import type { HealthRow } from '../core/health-row.ts';
import { predicting, preset } from '../core/presets.ts';
import { roundingOf } from '../core/variant.ts';
import { writeSafetensors } from '../formats/safetensors.ts';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.ts';

const checkpoint = (): Checkpoint => ({
  runId: 'run-a-1',
  config: preset('nano'),
  step: 2,
  savedAt: 5,
  clips: [
    { kind: 'drawn', seed: 1, first: 0, count: 64 },
    { kind: 'file', name: 'a.mp4', fingerprint: `sha256:${'0f'.repeat(32)}`, kept: '320 × 180, 90 of 90 frames' },
  ],
  adapter: 'google swiftshader',
  variant: { product: 'quads', attention: 'registers', rows: 'thread', storage: 'single' },
  changes: [{ step: 1, lr: 0.1 + 0.2, ema: 0.5 }],
  lineage: [{ runId: 'run-0', config: preset('tiny'), changes: [{ step: 0, ema: 1 }], step: 1 }],
  health: [],
  metrics: [0, 1].map((step) => ({
    step,
    loss: 0.1 + step,
    lossPerSet: [1 / 3, step],
    terms: { latent: 0.7, variance: 0, sigreg: 1e-300 },
    encoderNorm: 3,
    predictorNorm: 4,
    lr: 1e-4,
    weightDecay: 0.04,
    momentum: 0.99,
    tokens: 1234,
    milliseconds: 12.5,
  })),
  tensors: new Map([['encoder.x', { shape: [2, 2], data: Float32Array.of(1, -0, NaN, 1e-45) }]]),
});

/** A checkpoint with other texts in its metadata. */
function altered(change: Record<string, string>): Uint8Array {
  const bytes = writeCheckpoint(checkpoint());
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  Object.assign(header.__metadata__, change);
  const head = new TextEncoder().encode(JSON.stringify(header));
  const out = new Uint8Array(8 + head.length + bytes.length - 8 - length);
  new DataView(out.buffer).setBigUint64(0, BigInt(head.length), true);
  out.set(head, 8);
  out.set(bytes.subarray(8 + length), 8 + head.length);
  return out;
}

it('comes back as it went, to the last bit', () => {
  expect(readCheckpoint(writeCheckpoint(checkpoint()))).toEqual({ ...checkpoint(), rounding: 1 });
});

it('says how its kernels rounded when it was saved, also where it is written again', () => {
  const { attention, ...variant } = checkpoint().variant;
  const now = { ...checkpoint(), variant: { ...variant, attention: 'workgroup' as const } };
  expect(readCheckpoint(writeCheckpoint(now)).rounding).toBe(roundingOf(now.variant));
  expect(roundingOf(now.variant)).toBeGreaterThan(roundingOf(checkpoint().variant));
  // what was saved before anything rounded otherwise does not speak of it
  const before = readCheckpoint(altered({ run: JSON.stringify({ ...run, variant: now.variant }) }));
  expect(before.rounding).toBe(1);
  expect(readCheckpoint(writeCheckpoint(before)).rounding).toBe(1);
  expect(attention).toBe('registers');
});

it('says what was predicted; runs from before there was a choice predict features', () => {
  const pixels = { ...checkpoint(), config: predicting(preset('nano'), 'pixels') };
  expect(readCheckpoint(writeCheckpoint(pixels)).config.loss).toMatchObject({ target: 'pixels', sigreg: 0 });
  const { target: _, ...loss } = preset('nano').loss;
  expect(readCheckpoint(altered({ config: JSON.stringify({ ...preset('nano'), loss }) })).config).toEqual(
    preset('nano'),
  );
  const odd = { ...preset('nano'), loss: { ...loss, target: 'frames' } };
  expect(() => readCheckpoint(altered({ config: JSON.stringify(odd) }))).toThrow('loss.target is not one of');
});

it('keeps the look of drawn clips', () => {
  const look = { noise: 0.25, background: 'textured', colours: 'full' } as const;
  const c = { ...checkpoint(), clips: [{ kind: 'drawn' as const, seed: 1, first: 0, count: 64, look }] };
  expect(readCheckpoint(writeCheckpoint(c)).clips).toEqual(c.clips);
  const odd = [{ kind: 'drawn', seed: 1, first: 0, count: 64, look: { ...look, noise: -1 } }];
  expect(() => readCheckpoint(altered({ clips: JSON.stringify(odd) }))).toThrow('no sound name');
});

it('every field of every mask kind survives', () => {
  const c = checkpoint();
  c.config.masks = [
    { ...c.config.masks[0], maxKeep: 7, complement: 'context', inverted: true } as (typeof c.config.masks)[0],
    { kind: 'tube', ratio: 0.4 },
    { kind: 'future', tubelets: 1 },
    { kind: 'painted', grid: { t: 4, h: 5, w: 5 }, tokens: [0, 3, 99] },
  ];
  c.config.optim.clipGrad = null;
  c.metrics = [];
  expect(readCheckpoint(writeCheckpoint(c)).config).toEqual(c.config);
});

const run = { runId: 'r', step: 2, savedAt: 5, adapter: '', variant: checkpoint().variant };
const config = (change: object) => JSON.stringify({ ...preset('nano'), ...change });

it.each([
  [{ format: 'v-jepa-studio checkpoint 9' }, 'another version of the studio'],
  [{ run: '{' }, 'not JSON'],
  [{ run: '[]' }, 'its run is not described'],
  [{ run: JSON.stringify({ ...run, runId: '../x' }) }, 'no sound name'],
  [{ run: JSON.stringify({ ...run, step: 1001 }) }, 'its step is not one of its run'],
  [{ run: JSON.stringify({ ...run, step: 1 }) }, 'its numbers go beyond its step'],
  [{ run: JSON.stringify({ ...run, variant: { product: 'x' } }) }, 'kernels that are unknown'],
  [{ run: JSON.stringify({ ...run, rounding: 'up' }) }, 'how its kernels round'],
  [{ config: 'null' }, 'the config is not an object'],
  [{ config: config({ batchSize: '8' }) }, 'batchSize is not a number'],
  [{ config: config({ model: { ...preset('nano').model, depth: undefined } }) }, 'model.depth is not there'],
  [{ config: config({ masks: [{ kind: 'ring' }] }) }, 'masks.0.kind is not a kind of mask'],
  [{ config: config({ maskCut: 'all' }) }, 'maskCut is not one of official, random, none'],
  [{ config: config({ batchSize: 100_000 }) }, 'batch size is 100000'],
  [{ changes: '[{"step":3,"lr":0.1}]' }, 'its changes are not sound'],
  [{ changes: '[{"step":1,"lr":-1}]' }, 'its changes are not sound'],
  [{ lineage: '{}' }, 'its ancestors are not sound'],
  [{ lineage: JSON.stringify([{ ...checkpoint().lineage[0], step: 3 }]) }, 'its ancestors are not sound'],
  [{ lineage: JSON.stringify([{ ...checkpoint().lineage[0], config: {} }]) }, 'stored settings are not sound'],
  [{ clips: '[]' }, 'does not name its clips'],
  [{ clips: '[{"kind":"drawn","seed":1,"first":0,"count":1e9}]' }, 'a clip of it has no sound name'],
  [{ clips: '[{"kind":"file","name":"a","fingerprint":"md5:00","kept":""}]' }, 'a clip of it has no sound name'],
])('refuses %o', (change, sentence) => {
  expect(() => readCheckpoint(altered(change as Record<string, string>))).toThrow(sentence);
});

it('numbers are of one step after the other, whatever steps of a long run were left out', () => {
  const [row] = checkpoint().metrics;
  const read = (...steps: number[]) =>
    readCheckpoint(writeCheckpoint({ ...checkpoint(), step: 9, metrics: steps.map((step) => ({ ...row, step })) }));
  for (const steps of [[], [8], [0, 2, 4, 6, 8], [1, 2, 5]])
    expect(read(...steps).metrics.map((m) => m.step)).toEqual(steps);
  for (const steps of [[NaN], [-1], [0.5], [0, NaN, 2], [1, 0], [0, 1, 1], [-Infinity, 1], [2 ** 53]])
    expect(() => read(...steps), String(steps)).toThrow('its numbers are not those of one step after the other');
  expect(() => read(8, 9)).toThrow('its numbers go beyond its step');
});

it('a check of health that could not be read again is not written; the others are', () => {
  const features = { spread: 1, pooledSpread: 1, dead: 0, cosine: 0.5, spectrum: [0.75, 0.25] };
  const ranks = { rank: 2, rankCentred: 2, pooledRank: 2, pooledRankCentred: 2 };
  const layer = { name: 'blocks.0', gradient: 1, update: 0.01, lag: 0.1 };
  const sound: HealthRow = {
    step: 0,
    encoder: { ...features, ...ranks },
    target: { ...features, ...ranks },
    loss: 1,
    swapped: 1.5,
    permuted: 1.25,
    meanBaseline: 2,
    nearestBaseline: 3,
    lag: 0.1,
    halfLife: null,
    layers: [layer],
    clipped: 0,
    probes: [{ axis: 'shape', neighbours: 0.5, linear: 0.5, chance: 0.25, train: 40, test: 60 }],
    milliseconds: 12,
  };
  const after = (health: HealthRow[]) => readCheckpoint(writeCheckpoint({ ...checkpoint(), health })).health;
  const last = { ...sound, step: 2 };
  const odd: Partial<HealthRow>[] = [
    { loss: Infinity },
    { swapped: NaN },
    { target: { ...features, ...ranks, spread: NaN } },
    { encoder: { ...features, ...ranks, spectrum: [1, NaN] } },
    { probes: [{ axis: 'shape', neighbours: NaN, linear: 0, chance: 0, train: 0, test: 0 }] },
  ];
  for (const change of odd) expect(after([sound, { ...sound, step: 1, ...change }, last])).toEqual([sound, last]);
  // what may be unknown is unknown then
  const unknown = { ...sound, step: 1, halfLife: Infinity, layers: [{ ...layer, gradient: NaN }] };
  expect(after([sound, unknown, last])).toEqual([
    sound,
    { ...unknown, halfLife: null, layers: [{ ...layer, gradient: null }] },
    last,
  ]);
});

it('refuses more clips than a run has, by their number, however they are spread over names', () => {
  const drawn = (count: number) => ({ kind: 'drawn', seed: 1, first: 0, count });
  const many = (clips: unknown[]) => () => readCheckpoint(altered({ clips: JSON.stringify(clips) }));
  expect(many([drawn(65_536)])).not.toThrow();
  expect(many(Array(4).fill(drawn(65_536)))).toThrow('it names 262144 clips, a run has at most 65536');
  expect(many([drawn(65_535), ...checkpoint().clips.slice(1), drawn(1)])).toThrow('it names 65537 clips');
  // names that stand for nothing take time too
  expect(many(Array(65_537).fill(drawn(0)))).toThrow('it names 65537 clips');
});

it('refuses files of others by their own sentence', () => {
  const others = writeSafetensors(new Map([['w', { shape: [1], data: Float32Array.of(1) }]]));
  expect(() => readCheckpoint(others)).toThrow('it is no checkpoint of the studio');
  expect(() => readCheckpoint(new Uint8Array(3))).toThrow('not a sound safetensors file');
  const cut = writeCheckpoint(checkpoint());
  expect(() => readCheckpoint(cut.subarray(0, cut.length - 1))).toThrow('not a sound safetensors file');
});
