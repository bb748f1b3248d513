// What is said of an official YAML that is odd, lacks something or is refused.

import { describe, expect, it } from 'vitest';
import { multiBlock } from '../core/presets.ts';
import { first, second } from '../testing/official-files.ts';
import { readOfficialYaml } from './official-yaml.ts';

describe('told', () => {
  it('what masks depend on and a file lacks is told, with what is taken for it', async () => {
    const told = async (text: string) => (await readOfficialYaml(text)).problems;
    expect(await told('data: {batch_size: 24, num_frames: 8}\nmask:\n- num_blocks: 3\n')).toEqual([
      'mask.0 lacks what the trainer has no value for and is shown with one here: spatial_scale ([0.15, 0.15]), temporal_scale ([1, 1]), aspect_ratio ([0.75, 1.5]).',
      'Masks depend on what is not in the file and is taken from the preset vit_large: data.tubelet_size (2), data.patch_size (16).',
    ]);
    const typo = first.replace('num_blocks: 2', 'num_block: 2');
    expect(typo).not.toBe(first);
    expect(await told(typo)).toEqual([
      'mask.1 lacks what the trainer has no value for and is shown with one here: num_blocks (8). It has num_block, which no mask set has.',
    ]);
    expect(await told(second.replace('  dataset_fpcs: [16, 16]\n', ''))).toContainEqual(
      expect.stringMatching(/vit_large: data\.dataset_fpcs \(16\)\.$/),
    );
  });

  it('the config of an evaluation is none of pre-training', async () => {
    await expect(
      readOfficialYaml('eval_name: video_classification_frozen\ndata: {num_classes: 400}\n'),
    ).rejects.toThrow(
      'it is the config of an evaluation (eval_name is video_classification_frozen), which draws no masks',
    );
  });

  it('a number that is none is told once', async () => {
    const { problems } = await readOfficialYaml(first.replace('batch_size: 24', 'batch_size: .inf'));
    expect(problems).toEqual(['data.batch_size is .inf: a number is needed, so 1 is taken.']);
  });

  it('what cannot train is told at its key', async () => {
    const odd = first.replace(/lr: 0.000625/, 'lr: -1').replace('ema: [0.998', 'ema: [2');
    expect(odd).not.toBe(first);
    expect((await readOfficialYaml(odd)).problems).toEqual([
      expect.stringMatching(/^optimization\.lr cannot train: .*-1: choose /),
      expect.stringMatching(/^optimization\.ema cannot train: .*2.*: choose /),
    ]);
  });

  it('a list whose numbers are all quoted is odd once', async () => {
    const quoted = first.replace(/random_resize_scale:(\n +- )0\.3(\n +- )1\.0/, "random_resize_scale:$1'0.3'$2'0.3'");
    expect(quoted).not.toBe(first);
    const { problems } = await readOfficialYaml(quoted);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/random_resize_scale is 0\.3, which PyYAML reads as text: leave its quotes out/);
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
    const { config, problems } = await readOfficialYaml(odd);
    expect(config.optim.finalLr).toBe(1e-7);
    expect(config.batchSize).toBe(1);
    expect(config.model.crop).toBe(224);
    expect(config.masks[1]).toEqual({ ...multiBlock(2, 0.7), blocks: 8 });
    for (const name of [
      'final_lr is 1e-7',
      'batch_size is many: a number is needed, so 1 is taken.',
      'crop_size is 0xE0',
      'vit_colossal',
      'uniform_power',
      'num_blocks is a list of 1: a number is needed, so 8 is taken.',
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
    [`mask:\n${'- num_blocks: 1\n'.repeat(9)}`, '9 mask sets'],
    [`data: ${'['.repeat(200)}${']'.repeat(200)}\n`, 'line 1'],
    [`data: ${'x'.repeat(300_000)}\n`, '262144'],
  ])('refuses %j', async (text, why) => {
    await expect(readOfficialYaml(text)).rejects.toThrow(why);
    expect(Object.hasOwn(Object.prototype, 'a')).toBe(false);
  });
});
