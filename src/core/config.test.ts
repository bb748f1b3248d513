import { describe, expect, it } from 'vitest';
import { checkConfig, type RunConfig } from './config.ts';
import { fieldsOf, type FieldValue, withField } from './config-diff.ts';
import { preset, presetNames } from './presets.ts';
import { scheduleAt } from './schedule.ts';

const nano = preset('nano');
const image: RunConfig = { ...nano, model: { ...nano.model, frames: 1 } };

it.each(presetNames)('%s can start', (name) => expect(checkConfig(preset(name))).toEqual([]));
it('an image model of nano can start', () => expect(checkConfig(image)).toEqual([]));

describe('a number that is none', () => {
  const fields = [...fieldsOf(nano)].filter(([, value]) => [value].flat().some((v) => typeof v === 'number'));
  it.each(fields.flatMap(([field, value]) => [NaN, Infinity].map((odd) => [field, odd, value] as const)))(
    '%s is refused as %f, by its name',
    (field, odd, value) => {
      const broken = checkConfig(withField(nano, field, Array.isArray(value) ? [value[0], odd] : odd));
      // of a list the part is named
      expect(broken.filter((p) => p.field.replace(/\.1$/, '') === field).length).toBeGreaterThan(0);
      expect(broken.map((p) => p.message).join()).toMatch(
        Number.isNaN(odd) ? / no number:| lacks a number:|NaN/ : /Infinity/,
      );
    },
  );
});

describe('what cannot work is refused with its value and what works', () => {
  it.each<[string, FieldValue, string]>([
    ['loss.sigreg', -0.02, 'SIGReg weight is -0.02: choose a value from 0 to 1000000'],
    ['loss.sigreg', 1e300, 'SIGReg weight is 1e+300: choose'],
    ['loss.regCoeff', -1, 'variance weight is -1: choose a value from 0 to 1000000'],
    ['loss.regCoeff', 1e300, 'variance weight is 1e+300: choose'],
    ['loss.exponent', 60, 'choose a value from 1 to 10'],
    ['loss.sigregSlices', 0, 'whole number from 1 to 4096'],
    ['loss.sigregTokens', 1.5, 'whole number from 1 to 65536'],
    ['optim.ipeScale', 0.5, 'ipe scale is 0.5: choose 1 or more'],
    ['optim.ipeScale', 0, 'choose 1 or more'],
    ['optim.warmup', -1, 'from 0 to'],
    ['optim.warmup', 1e300, 'warm-up is 1e+300'],
    ['optim.lr', 1e-300, 'learning rate is 1e-300: choose a value from 1e-12 to below 1, presets have about 0.001'],
    ['optim.weightDecay', -0.1, 'choose a value from 0 to 100'],
    ['optim.weightDecay', 1e300, 'weight decay is 1e+300: choose a value from 0 to 100'],
    ['optim.finalWeightDecay', -0.1, 'choose a value from 0 to 100'],
    ['optim.startLr', -1e-4, 'a value from 0 to below 1'],
    ['optim.finalLr', 1, 'a value from 0 to below 1'],
    ['optim.betas', [0.9, 1], 'beta of AdamW is 1: choose values from 0 to below 1'],
    ['optim.eps', 0, 'epsilon of AdamW is 0'],
    ['optim.eps', 1e-16, 'choose a value from 1e-15 to 1000'],
    ['optim.eps', 1e300, 'epsilon of AdamW is 1e+300'],
    ['optim.clipGrad', 0, 'clip norm is 0: choose a value from 1e-30 to 1e+30, or none'],
    ['optim.clipGrad', 1e300, 'clip norm is 1e+300'],
    ['optim.clipGrad', -1, 'or none'],
    ['optim.clipGrad', 1e-40, 'or none'],
    ['seed', -1, 'seed is -1: choose a whole number from 0'],
    ['seed', 0.5, 'seed is 0.5: choose a whole number'],
    ['seed', NaN, 'seed is no number: choose a whole number'],
    ['model.mlpRatio', 0, 'an MLP ratio of 0 makes 0 hidden channels of 64'],
    ['model.mlpRatio', 65, 'at most 64'],
    ['data.cropScale', [-0.1, 1], 'shares of the frame from 0'],
    ['data.cropRatio', [0, 1], 'ratios above 0'],
  ])('%s %j: %s', (field, value, why) => {
    const problems = checkConfig(withField(nano, field, value)).filter((p) => p.field === field);
    expect(problems.map((p) => p.message).join()).toContain(why);
  });

  it('heads: which counts a width can have', () => {
    expect(checkConfig(withField(nano, 'model.heads', 3))[0].message).toBe(
      'dim 64 is not a multiple of 3 heads: choose 1, 2, 4, 8, 16, 32',
    );
    const [wide] = checkConfig(withField(withField(nano, 'model.predDim', 384), 'model.predHeads', 1));
    expect(wide).toEqual({
      field: 'model.predHeads',
      message: 'heads are 384 wide, at most 128 is supported: choose 3, 4, 6, 8, 12, 16, 24, 32',
    });
    expect(checkConfig(withField(nano, 'model.dim', 1031))[0].message).toContain('choose another width');
  });

  it('widths that the positions of an image or of a clip without uniform power cannot have', () => {
    const one = (c: RunConfig, field: string, value: number) => checkConfig(withField(c, field, value));
    expect(one(image, 'model.dim', 66)).toEqual([
      { field: 'model.dim', message: 'dim 66 is not a multiple of 4, which positions of an image need: choose 68' },
    ]);
    expect(one(image, 'model.predDim', 34).map((p) => p.field)).toEqual(['model.predDim']);
    expect(one(nano, 'model.dim', 66)).toEqual([]);
    const shared = withField(nano, 'model.uniformPower', false);
    expect(one(shared, 'model.predDim', 36)[0].message).toContain('not a multiple of 8');
  });
});

it('schedules that are no shorter than the run keep the momentum between 0 and 1', () => {
  const quick = { ...nano.optim, ipe: 5, epochs: 4 };
  const last = (ipeScale: number) => scheduleAt({ ...quick, ipeScale }, 19).momentum;
  expect(last(0.5)).toBeGreaterThan(1); // and so it is refused
  for (const ipeScale of [1, 1.25, 3]) expect(last(ipeScale)).toBeLessThanOrEqual(1);
});
