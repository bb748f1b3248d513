import { describe, expect, it } from 'vitest';
import type { RunConfig } from '../core/config.ts';
import { changedFields } from '../core/config-diff.ts';
import { multiBlock, preset } from '../core/presets.ts';
import { first, second } from '../testing/official-files.ts';
import { readOfficialYaml, writeOfficialYaml } from './official-yaml.ts';

describe('reading', () => {
  it('fills the fields of a V-JEPA 1 file', async () => {
    const { config, version, problems } = await readOfficialYaml(first);
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
      loss: { target: 'features', exponent: 1, regCoeff: 0, sigreg: 0, sigregSlices: 128, sigregTokens: 512 },
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

  it('lists what is not used, what is, and the fields that were filled', async () => {
    const { unused, used, filled } = await readOfficialYaml(first);
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
    for (const field of ['batchSize', 'data.samplingRate', 'seed', 'masks.0.maxKeep', 'masks.1.spatialScale'])
      expect(filled).toContain(field);
    // the file says nothing of them
    for (const field of ['maskCut', 'masks.0.complement', 'masks.1.inverted']) expect(filled).not.toContain(field);
    const little = await readOfficialYaml('data: {batch_size: 24, clip_duration: 1}\nmask:\n- num_blocks: 3\n');
    expect(little.filled).toEqual(['batchSize', 'masks.0.blocks']);
    expect(little.used).toEqual(['data.batch_size', 'mask.0.num_blocks']);
    const odd = await readOfficialYaml(
      'data:\n  batch_size: many\n  crop_size: 64\noptimization:\n  lr: fast\nmask:\n  - num_blocks: [2]\n',
    );
    expect([odd.used, odd.filled]).toEqual([['data.crop_size'], ['model.crop']]);
  });

  it('knows V-JEPA 2: clips per data set, complements, predictor heads', async () => {
    const { config, version, problems, unused, filled } = await readOfficialYaml(second);
    expect(version).toBe(2);
    expect(config.model).toMatchObject({ frames: 16, crop: 256, dim: 1408, depth: 40, heads: 22, predHeads: 12 });
    expect(config.masks).toEqual([
      multiBlock(8, 0.15),
      { ...multiBlock(2, 0.7), complement: 'context', inverted: true },
    ]);
    expect(config.optim.clipGrad).toBeNull();
    expect(problems).toEqual([
      expect.stringMatching(/data\.fps is 4: .* It stays 4, which is right for 16 frames a second/),
      expect.stringContaining('use_rope'),
    ]);
    expect(filled).toContain('model.frames');
    expect(unused).toEqual(['app', 'folder', 'mem_per_gpu', 'data.fps', 'model.use_rope']);
  });

  it('random tubes, which is every type that is not multiblock3d', async () => {
    for (const type of ['random_tube', 'multiblock3D']) {
      const { config, problems } = await readOfficialYaml(`data: {mask_type: ${type}}\nmask:\n- ratio: 0.9\n`);
      expect(config.masks).toEqual([{ kind: 'tube', ratio: 0.9 }]);
      const told = problems.filter((p) => p.startsWith('data.mask_type is multiblock3D: '));
      expect(told).toHaveLength(type === 'random_tube' ? 0 : 1);
    }
  });

  it('keys that are missing are what the trainers take for them', async () => {
    // get(key, default) in app/vjepa/train.py of facebookresearch/jepa and facebookresearch/vjepa2
    const without = (text: string, ...keys: string[]) =>
      keys.reduce((t, key) => t.replace(new RegExp(`\\n +${key}:( .*|(\\n +- .*)+)(?=\\n)`), ''), text);
    const keys = [
      'ipe_scale',
      'clip_grad',
      'random_resize_aspect_ratio',
      'random_resize_scale',
      'uniform_power',
      'seed',
    ];
    const one = without(first, ...keys);
    for (const key of keys) expect(one, key).not.toContain(key);
    const read = await readOfficialYaml(one);
    expect(read.problems).toEqual([]);
    expect(read.config.optim).toMatchObject({ ipeScale: 1, clipGrad: null, betas: [0.9, 0.999], eps: 1e-8 });
    expect(read.config.data).toMatchObject({ cropRatio: [3 / 4, 4 / 3], cropScale: [0.3, 1] });
    expect([read.config.model.uniformPower, read.config.seed]).toEqual([true, 0]);
    const two = second.replace(', uniform_power: true', '');
    expect(two).not.toContain('uniform_power');
    expect((await readOfficialYaml(two)).config.model.uniformPower).toBe(false);
  });

  it('betas and eps of AdamW come in and go out; a new file has them where they are not the usual ones', async () => {
    const text = first.replace('optimization:', 'optimization:\n  betas: [0.9, 0.95]\n  eps: 1.0e-06');
    const { config, document, unused } = await readOfficialYaml(text);
    expect(config.optim).toMatchObject({ betas: [0.9, 0.95], eps: 1e-6 });
    expect(unused.filter((key) => key.startsWith('optimization'))).toEqual([]);
    expect((await writeOfficialYaml(config, document)).text).toBe(text);
    const made = await writeOfficialYaml(config, null);
    expect((await readOfficialYaml(made.text)).config.optim).toMatchObject({ betas: [0.9, 0.95], eps: 1e-6 });
    expect((await writeOfficialYaml(preset('vit_large'), null)).text).not.toContain('betas');
  });

  it('says what of a loss and its data has no word', async () => {
    const config = preset('vit_large');
    config.loss.sigreg = 0.02;
    config.data.flip = false;
    const { problems } = await writeOfficialYaml(config, null);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain('SIGReg with weight 0.02');
    expect(problems[1]).toContain('mirrors half of the clips');
  });

  it('has no word for pixels, and says so', async () => {
    const pixels = preset('vit_large');
    pixels.loss.target = 'pixels';
    const { text, problems } = await writeOfficialYaml(pixels, null, 1);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('predicts pixels');
    expect(text).not.toContain('pixels');
    expect((await readOfficialYaml(text)).config.loss.target).toBe('features');
  });
});

/** Reads, changes and writes a file. */
async function change(source: string, edit: (c: RunConfig) => void) {
  const { config, document } = await readOfficialYaml(source);
  edit(config);
  const written = await writeOfficialYaml(config, document);
  expect(changedFields(config, (await readOfficialYaml(written.text)).config)).toEqual([]);
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

  it('keys of version 2 in a mask set of a version 1 file are left as they are, and listed', async () => {
    const keys = ['full_complement', 'pred_full_complement', 'inv_block'];
    const text = first.replace(
      '    max_keep: null\n',
      `    max_keep: null\n${keys.map((key) => `    ${key}: true\n`).join('')}`,
    );
    const read = await readOfficialYaml(text);
    expect(read.version).toBe(1);
    expect(read.config.masks[0]).toMatchObject({ complement: 'none', inverted: false });
    for (const key of keys) expect(read.unused.join()).toContain(`mask.0.${key}`);
    const written = await writeOfficialYaml(read.config, read.document);
    expect(written).toMatchObject({ text, problems: [] });
  });

  it('names what has no word in the file', async () => {
    const { config, document } = await readOfficialYaml(first);
    config.maskCut = 'none';
    config.masks[1] = { kind: 'future', tubelets: 2 };
    const { text, problems } = await writeOfficialYaml(config, document);
    expect((await readOfficialYaml(text)).config.masks).toEqual([multiBlock(8, 0.15)]);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain('Mask set 2 is left out');
  });

  it.each([1, 2] as const)('a new file of version %i means the same', async (version) => {
    const config = preset('vit_small');
    config.masks[0] = { ...multiBlock(5, 0.2), temporalScale: [0.5, 1], maxKeep: 40 };
    if (version === 2) Object.assign(config.optim, { clipGrad: null });
    const { text, problems } = await writeOfficialYaml(config, null, version);
    expect(problems).toEqual([]);
    const read = await readOfficialYaml(text);
    expect(read.version).toBe(version);
    expect(changedFields(config, read.config)).toEqual([]);
  });
});
