import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MultiBlockConfig, RunConfig } from '../core/config.ts';
import { multiBlock, preset } from '../core/presets.ts';
import { readOfficialYaml, writeOfficialYaml } from './official-yaml.ts';

/** A V-JEPA 1 file: other numbers than any of ours, odd spellings that must survive, keys we do not use. */
const first = `app: vjepa # which trainer
nodes: 2
tasks_per_node: 8
data:
  dataset_type: VideoDataset
  datasets:
    - /videos/a.csv
    - "/videos/b c.csv"
  batch_size: 24
  num_clips: 1
  num_frames: 16
  tubelet_size: 2
  sampling_rate: 4
  crop_size: 224
  patch_size: 16
  pin_mem: yes
  clip_duration: null
data_aug:
  auto_augment: false
  random_resize_aspect_ratio: [0.75, 1.35]
  random_resize_scale:
  - 0.3
  - 1.0
  reprob: 0.

logging:
  folder: /logs/
  write_tag: '007'
loss:
  loss_exp: 1.0
  reg_coeff: 0.0
mask:
  # short range
  - aspect_ratio:
    - 0.75
    - 1.5
    num_blocks: 8
    spatial_scale: [0.15, 0.15]
    temporal_scale: [1.0, 1.0]
    max_temporal_keep: 1.0
    max_keep: null
  # long range
  - aspect_ratio: [0.75, 1.5]
    num_blocks: 2
    spatial_scale: [0.7, 0.7]
    temporal_scale: [1.0, 1.0]
    max_temporal_keep: 1.0
    max_keep:
meta:
  seed: 234
  dtype: bfloat16
  use_sdpa: True
model:
  model_name: vit_huge
  pred_depth: 12
  pred_embed_dim: 384
  uniform_power: true
  use_mask_tokens: true
optimization:
  ipe: 300
  ipe_scale: 1.25
  clip_grad: 10.0
  weight_decay: 0.04
  final_weight_decay: 0.4
  epochs: 300
  warmup: 40
  start_lr: 0.0002
  lr: 0.000625
  final_lr: 1.0e-06
  ema: [0.998, 1.0]
`;

const second = `app: vjepa
folder: /runs/a
mem_per_gpu: 220G
data:
  dataset_fpcs: [16, 16]
  fps: 4
  batch_size: 24
  crop_size: 256
  patch_size: 16
  tubelet_size: 2
mask:
- {aspect_ratio: [0.75, 1.5], num_blocks: 8, spatial_scale: [0.15, 0.15], temporal_scale: [1.0, 1.0], full_complement: false}
- {aspect_ratio: [0.75, 1.5], num_blocks: 2, spatial_scale: [0.7, 0.7], temporal_scale: [1.0, 1.0], pred_full_complement: true, inv_block: true}
model: {model_name: vit_giant_xformers, pred_num_heads: 12, pred_depth: 12, pred_embed_dim: 384, use_rope: true, uniform_power: true}
optimization:
  ema: [0.99925, 0.99925]
  lr: 0.000525
`;

const current = preset('nano');

/** What PyYAML makes of a text, with the type of every value; null where there is no PyYAML. */
function pyyaml(text: string): unknown {
  const script = `
import sys, json
try: import yaml
except ImportError: sys.exit(9)
def show(v):
    if isinstance(v, dict): return {str(k): show(x) for k, x in v.items()}
    if isinstance(v, list): return [show(x) for x in v]
    return type(v).__name__ + ' ' + repr(v)
print(json.dumps(show(yaml.safe_load(sys.stdin.read()))))`;
  const ran = spawnSync('python3', ['-c', script], { input: text, encoding: 'utf8' });
  return ran.status === 0 ? JSON.parse(ran.stdout) : null;
}

describe('reading', () => {
  it('fills the fields of a V-JEPA 1 file', async () => {
    const { config, version, problems } = await readOfficialYaml(first, current);
    expect(version).toBe(1);
    expect(problems).toEqual([]);
    expect(config).toEqual({
      preset: 'vit_large',
      seed: 234,
      batchSize: 24,
      model: {
        crop: 224,
        patch: 16,
        frames: 16,
        tubelet: 2,
        // vit_huge of the official vision_transformer.py
        dim: 1280,
        depth: 32,
        heads: 16,
        mlpRatio: 4,
        uniformPower: true,
        predDim: 384,
        predDepth: 12,
        predHeads: 16,
      },
      masks: [multiBlock(8, 0.15), multiBlock(2, 0.7)],
      maskCut: 'official',
      maskSequence: 'official',
      loss: { exponent: 1, regCoeff: 0, sigreg: 0, sigregSlices: 128, sigregTokens: 512 },
      optim: {
        ipe: 300,
        ipeScale: 1.25,
        epochs: 300,
        warmup: 40,
        startLr: 2e-4,
        lr: 6.25e-4,
        finalLr: 1e-6,
        weightDecay: 0.04,
        finalWeightDecay: 0.4,
        ema: [0.998, 1],
        clipGrad: 10,
        betas: [0.9, 0.999],
        eps: 1e-8,
      },
      data: { samplingRate: 4, numClips: 1, cropScale: [0.3, 1], cropRatio: [0.75, 1.35], flip: true },
    } satisfies RunConfig);
  });

  it('lists what is not used, and what changed', async () => {
    const { unused, used, changed } = await readOfficialYaml(first, {
      ...(await readOfficialYaml(first, current)).config,
      batchSize: 1,
    });
    expect(unused).toEqual([
      'app',
      'nodes',
      'tasks_per_node',
      'data.dataset_type',
      'data.datasets',
      'data.pin_mem',
      'data.clip_duration',
      'data_aug.auto_augment',
      'data_aug.reprob',
      'logging.folder',
      'logging.write_tag',
      'meta.dtype',
      'meta.use_sdpa',
      'model.use_mask_tokens',
    ]);
    expect(used).toContain('mask.1.spatial_scale');
    expect(changed).toEqual(['batchSize']);
  });

  it('knows V-JEPA 2: clips per data set, complements, predictor heads', async () => {
    const { config, version, problems, unused } = await readOfficialYaml(second, current);
    expect(version).toBe(2);
    expect(config.model).toMatchObject({ frames: 16, crop: 256, dim: 1408, depth: 40, heads: 22, predHeads: 12 });
    expect(config.masks).toEqual([
      multiBlock(8, 0.15),
      { ...multiBlock(2, 0.7), complement: 'context', inverted: true },
    ]);
    expect(config.optim.clipGrad).toBeNull();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('use_rope');
    expect(unused).toEqual(['app', 'folder', 'mem_per_gpu', 'data.fps', 'model.use_rope']);
  });

  it('random tubes', async () => {
    const { config } = await readOfficialYaml('data: {mask_type: random_tube}\nmask:\n- ratio: 0.9\n', current);
    expect(config.masks).toEqual([{ kind: 'tube', ratio: 0.9 }]);
  });

  it('says what it does not take as it stands', async () => {
    const odd = first
      .replace('final_lr: 1.0e-06', 'final_lr: 1e-7')
      .replace('batch_size: 24', 'batch_size: many')
      .replace('crop_size: 224', 'crop_size: 0xE0')
      .replace('vit_huge', 'vit_colossal')
      .replace('uniform_power: true', 'uniform_power: 3')
      .replace('num_blocks: 2', 'num_blocks: [2]')
      .replace('patch_size: 16', 'patch_size: 16.0');
    const { config, problems } = await readOfficialYaml(odd, current);
    expect(config.optim.finalLr).toBe(1e-7);
    expect(config.batchSize).toBe(1);
    expect(config.model.crop).toBe(224);
    expect(config.masks[1]).toEqual({ ...multiBlock(2, 0.7), blocks: 8 });
    for (const name of [
      'final_lr is 1e-7',
      'batch_size',
      'crop_size is 0xE0',
      'vit_colossal',
      'uniform_power',
      'num_blocks',
      'patch_size is 16.0',
    ])
      expect(
        problems.filter((p) => p.includes(name)),
        name,
      ).toHaveLength(1);
  });

  it.each([
    ['', 'empty'],
    ['- 1\n', 'outermost'],
    ['a: [1\n', 'line 2'],
    ['data: 1\n---\nb: 2\n', '2 documents'],
    ['data: !!python/object:os.system {a: 1}\n', 'tag'],
    ['data: &x {a: 1}\nmodel: *x\n', 'anchor'],
    ['data: {a: 1}\nmodel:\n  <<: {b: 1}\n', 'merge'],
    ['data: {__proto__: {a: 1}}\n', '__proto__'],
    ['data: {"__proto__": {a: 1}}\n', '__proto__'],
    ['data: {a: 1, a: 2}\n', 'key a again'],
    ['? [a]\n: b\n', 'key that is a list'],
    ['hello: world\n', 'neither data nor model'],
    [`data: ${'['.repeat(200)}${']'.repeat(200)}\n`, 'line 1'],
    [`data: ${'x'.repeat(300_000)}\n`, '262144'],
  ])('refuses %j', async (text, why) => {
    await expect(readOfficialYaml(text, current)).rejects.toThrow(why);
    expect(Object.hasOwn(Object.prototype, 'a')).toBe(false);
  });
});

/** Reads, changes and writes a file. */
async function change(source: string, edit: (c: RunConfig) => void) {
  const { config, document } = await readOfficialYaml(source, current);
  edit(config);
  const written = await writeOfficialYaml(config, document);
  expect((await readOfficialYaml(written.text, config)).changed).toEqual([]);
  return written;
}

describe('writing', () => {
  it.each([first, second, first.replaceAll('\n', '\r\n')])('without changes every byte stays', async (source) => {
    expect((await change(source, () => {})).text).toBe(source);
  });

  it('changes only what changed', async () => {
    const { text, problems } = await change(first, (c) => {
      c.batchSize = 8;
      c.optim.finalLr = 1e-7;
      c.optim.clipGrad = null;
      Object.assign(c.masks[1], { spatialScale: [0.6, 1], maxKeep: 300 });
      c.data.cropScale = [0.5, 1];
    });
    const expected = first
      .replace('batch_size: 24', 'batch_size: 8')
      .replace('final_lr: 1.0e-06', 'final_lr: 1.0e-7')
      .replace('clip_grad: 10.0', 'clip_grad: null')
      .replace('[0.7, 0.7]', '[0.6, 1.0]')
      .replace('    max_keep:\n', '    max_keep: 300\n')
      .replace('  random_resize_scale:\n  - 0.3\n  - 1.0\n', '  random_resize_scale:\n  - 0.5\n  - 1.0\n');
    expect(text).toBe(expected);
    expect(problems).toEqual([]);
  });

  it('adds what the file lacks, sets that are new, and takes out those that are gone', async () => {
    const more = await change(first.replace('  warmup: 40\n', '').replace(/loss:\n(?: {2}.*\n)+/, ''), (c) => {
      c.optim.warmup = 2;
      c.loss.exponent = 2;
      c.loss.regCoeff = 0.5;
      c.masks.push({ ...multiBlock(4, 0.3), maxTemporalKeep: 0.5 });
    });
    expect(more.text).toContain('  ema: [0.998, 1.0]\n  warmup: 2\nloss:\n  loss_exp: 2.0\n  reg_coeff: 0.5\n');
    expect(more.text).toContain(
      '    max_keep:\n  - aspect_ratio:\n    - 0.75\n    - 1.5\n    num_blocks: 4\n    spatial_scale:\n    - 0.3\n    - 0.3\n',
    );
    const fewer = await change(first, (c) => void c.masks.pop());
    expect(fewer.text).toBe(first.replace(/ {2}# long range\n(?: {2}- .*\n| {4}.*\n)+/, ''));
    const flow = await change(second, (c) => {
      c.masks[0] = { ...multiBlock(8, 0.15), complement: 'target', maxKeep: 9 };
      c.model.predHeads = 16;
      c.model.frames = 64;
    });
    expect(flow.text).toContain('full_complement: true, max_keep: 9}');
    expect(flow.text).toContain('pred_num_heads: 16');
    expect(flow.text).toContain('dataset_fpcs: [64, 64]');
    expect((await change(second, (c) => void c.masks.pop())).text).toBe(
      second.replace(/\n- \{aspect_ratio: \[0.75, 1.5\], num_blocks: 2.*\}/, ''),
    );
  });

  it('names what has no word in the file', async () => {
    const { config, document } = await readOfficialYaml(first, current);
    config.maskCut = 'none';
    config.masks[1] = { kind: 'future', tubelets: 2 };
    const { text, problems } = await writeOfficialYaml(config, document);
    expect((await readOfficialYaml(text, config)).config.masks).toEqual([multiBlock(8, 0.15)]);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain('Mask set 2 is left out');
  });

  it.each([1, 2] as const)('a new file of version %i means the same', async (version) => {
    const config = preset('vit_small');
    config.masks[0] = { ...multiBlock(5, 0.2), temporalScale: [0.5, 1], maxKeep: 40 };
    if (version === 2) Object.assign(config.optim, { clipGrad: null });
    const { text, problems } = await writeOfficialYaml(config, null, version);
    expect(problems).toEqual([]);
    const read = await readOfficialYaml(text, config);
    expect(read.version).toBe(version);
    expect(read.changed).toEqual([]);
  });
});

describe.skipIf(pyyaml('a: 1') === null)('PyYAML', () => {
  it('reads what was written with equal values and types', async () => {
    const before = pyyaml(first);
    const { text } = await change(first, (c) => {
      c.optim.finalLr = 1e-7;
      c.batchSize = 8;
    });
    const expected = structuredClone(before) as { data: Record<string, string>; optimization: Record<string, string> };
    expected.data.batch_size = 'int 8';
    expected.optimization.final_lr = 'float 1e-07';
    expect(pyyaml(text)).toEqual(expected);
    const fresh = pyyaml((await writeOfficialYaml(preset('vit_large'), null)).text) as typeof expected;
    expect(fresh.optimization).toMatchObject({
      lr: 'float 0.000625',
      final_lr: 'float 1e-06',
      epochs: 'int 300',
      ema: ['float 0.998', 'float 1.0'],
      clip_grad: 'float 10.0',
    });
  });

  it('takes scalars for what we take them for', async () => {
    const { scalarType } = await import('./yaml-nodes.ts');
    const samples =
      '1 -1 +1 0 007 0b11 0x1F 1_000 1:30 1. 1.0 .5 -.5 1.e-7 1e-7 1.0e-7 1.0e7 1.0E+7 .inf -.Inf .nan 190:20:30.15 yes No on OFF true True tRUE y n ~ null Null NULL nULL 2024-01-02 2024-01-02T03:04:05Z 2024-1-2 a 1a 08 0o7 -0b1 0. ._5 1,000'.split(
        ' ',
      );
    const read = pyyaml(samples.map((s) => `- ${s}`).join('\n'));
    const names: Record<string, string> = {
      int: 'int',
      float: 'float',
      bool: 'bool',
      NoneType: 'null',
      date: 'date',
      datetime: 'date',
      str: 'string',
    };
    expect(samples.map((s) => `${s} ${scalarType(s)}`)).toEqual(
      (read as string[]).map((shown, i) => `${samples[i]} ${names[shown.split(' ')[0]]}`),
    );
  });
});

describe('round trip', () => {
  const share = fc.double({ min: 0.001, max: 1, noNaN: true });
  const range = fc.tuple(share, share).map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]);
  const blocks: fc.Arbitrary<MultiBlockConfig> = fc.record({
    kind: fc.constant('multiblock' as const),
    blocks: fc.integer({ min: 1, max: 64 }),
    spatialScale: range,
    temporalScale: range,
    aspectRatio: range,
    maxTemporalKeep: share,
    maxKeep: fc.option(fc.integer({ min: 1, max: 2000 })),
    complement: fc.constantFrom('none' as const, 'target' as const, 'context' as const),
    inverted: fc.boolean(),
  });
  const edits = fc.record({
    masks: fc.array(blocks, { minLength: 1, maxLength: 4 }),
    batchSize: fc.integer({ min: 1, max: 512 }),
    lr: fc.double({ min: 1e-12, max: 1, noNaN: true }),
    ema: range,
    epochs: fc.integer({ min: 1, max: 1e5 }),
    size: fc.constantFrom('vit_tiny', 'vit_base'),
  });

  it('any settings, into any file', async () => {
    await fc.assert(
      fc.asyncProperty(edits, fc.constantFrom(first, second, null), async ({ size, masks, ...e }, source) => {
        const version = source === first ? 1 : 2;
        await apply(source, version, (c) => {
          const { dim, depth, heads } = preset(size === 'vit_tiny' ? 'vit_tiny' : 'vit_base').model;
          Object.assign(c.model, { dim, depth, heads, mlpRatio: 4, predHeads: version === 1 ? heads : 12 });
          c.batchSize = e.batchSize;
          c.optim = { ...c.optim, lr: e.lr, ema: e.ema, epochs: e.epochs, clipGrad: version === 1 ? 10 : null };
          c.masks = masks.map((m) => (version === 1 ? { ...m, complement: 'none', inverted: false } : m));
        });
      }),
      { numRuns: 150 },
    );
  });

  async function apply(source: string | null, version: 1 | 2, edit: (c: RunConfig) => void): Promise<void> {
    const { config, document } = source
      ? await readOfficialYaml(source, current)
      : { config: preset('vit_large'), document: null };
    edit(config);
    const { text, problems } = await writeOfficialYaml(config, document, version);
    expect(problems).toEqual([]);
    const again = await readOfficialYaml(text, config);
    // the preset's name follows the model's
    expect(again.changed).toEqual([]);
    const unused = source ? (await readOfficialYaml(source, current)).unused : again.unused;
    expect(again.unused).toEqual(unused);
  }
});
