import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkMask } from './check-mask.ts';
import { changedFields } from './config-diff.ts';
import { checkConfig, type MaskConfig, predictionTargets, type RunConfig } from './config.ts';
import { type LinkState, readLink, writeLink } from './link.ts';
import { multiBlock, preset, presetNames } from './presets.ts';

const state = (part: Partial<LinkState> = {}): LinkState => ({
  config: preset('vit_large'),
  clip: null,
  clipName: null,
  start: 0,
  frame: 0,
  token: null,
  set: 0,
  draw: 0,
  view: '',
  compared: [],
  ...part,
});

const range = (most: number) =>
  fc
    .tuple(fc.double({ min: 0.01, max: most, noNaN: true }), fc.double({ min: 0.01, max: most, noNaN: true }))
    .map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]);

const grid = { t: 8, h: 14, w: 14 };

/** Sets of any kind; blocks may be too small or too large for the grid. */
const masks: fc.Arbitrary<MaskConfig> = fc.oneof(
  fc.record({
    kind: fc.constant('multiblock' as const),
    blocks: fc.integer({ min: 1, max: 256 }),
    spatialScale: range(1),
    temporalScale: range(1),
    aspectRatio: range(16),
    maxTemporalKeep: fc.double({ min: 0.01, max: 1, noNaN: true }),
    maxKeep: fc.option(fc.integer({ min: 1, max: 5000 })),
    complement: fc.constantFrom('none' as const, 'target' as const, 'context' as const),
    inverted: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('tube' as const), ratio: fc.double({ min: 0.01, max: 0.99, noNaN: true }) }),
  fc.record({ kind: fc.constant('future' as const), tubelets: fc.integer({ min: 1, max: 7 }) }),
  fc.record({
    kind: fc.constant('painted' as const),
    grid: fc.constant(grid),
    tokens: fc
      .uniqueArray(fc.integer({ min: 0, max: 1567 }), { minLength: 1, maxLength: 300 })
      .map((list) => list.sort((a, b) => a - b)),
  }),
);

const configs: fc.Arbitrary<RunConfig> = fc
  .record({
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    batchSize: fc.integer({ min: 1, max: 512 }),
    masks: fc.array(
      masks.filter((mask) => checkMask(mask, '', grid).length === 0),
      { minLength: 1, maxLength: 8 },
    ),
    maskCut: fc.constantFrom('official' as const, 'random' as const, 'none' as const),
    maskSequence: fc.constantFrom('threefry' as const, 'official' as const),
    lr: fc.double({ min: 1e-9, max: 0.9, noNaN: true }),
    clipGrad: fc.option(fc.double({ min: 0.1, max: 100, noNaN: true })),
    flip: fc.boolean(),
    cropScale: range(1),
    target: fc.constantFrom(...predictionTargets),
  })
  .map(({ lr, clipGrad, flip, cropScale, target, ...rest }) => {
    const base = preset('vit_large');
    return {
      ...base,
      ...rest,
      loss: { ...base.loss, target },
      optim: { ...base.optim, lr, clipGrad },
      data: { ...base.data, flip, cropScale },
    };
  })
  .filter((config) => checkConfig(config).length === 0);

describe('links', () => {
  it('hold only what differs from the preset', () => {
    const config = preset('vit_large');
    config.batchSize = 24;
    config.masks[0] = { ...multiBlock(8, 0.15), blocks: 4 };
    expect(writeLink(state({ config, draw: 3, token: 17, frame: 5, clip: 'sha256:ab' }))).toBe(
      '#v=1&preset=vit_large&batchSize=24&masks.0.blocks=4&clip=sha256:ab&frame=5&draw=3&token=17',
    );
  });

  it('give back every state', () => {
    fc.assert(
      fc.property(
        fc.record({
          config: configs,
          clip: fc.option(fc.constantFrom('sha256:0a1b', 'drawn-1-5')),
          clipName: fc.option(fc.string({ maxLength: 40 })),
          start: fc.nat(),
          frame: fc.nat({ max: 15 }),
          token: fc.option(fc.nat({ max: 1567 })),
          set: fc.constant(0),
          draw: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
          view: fc.constantFrom('', 'one', 'compare'),
          compared: fc.array(fc.record({ name: fc.string({ maxLength: 20 }), mask: masks }), { maxLength: 4 }),
        }),
        (full) => {
          const read = readLink(writeLink(full));
          expect(read).toEqual({ state: full, notes: [] });
        },
      ),
    );
  });

  it.each(presetNames)('preset %s needs nothing but its name', (name) => {
    const link = writeLink(state({ config: preset(name) }));
    expect(link).toBe(`#v=1&preset=${name}`);
    expect(readLink(link)).toEqual({ state: state({ config: preset(name) }), notes: [] });
  });

  it('sizes that do not fit each other leave the other settings alone', () => {
    for (const wrong of ['model.crop=17', 'model.frames=3', 'model.dim=7', 'model.dim=7&model.frames=3']) {
      const read = readLink(`#v=1&preset=nano&batchSize=5&${wrong}`);
      expect(read?.state.config).toEqual({ ...preset('nano'), batchSize: 5 });
      expect(read?.notes.length).toBeGreaterThan(0);
      for (const note of read!.notes) expect(note).toMatch(/^In the link .* is kept\.$/);
    }
  });

  it('is not ours: nothing', () => {
    for (const hash of ['', '#', '#train', '#view=1', '#v=', 'v=1']) expect(readLink(hash)).toBeNull();
  });

  it('what is not understood is left out with a note, the rest is kept', () => {
    const read = readLink(
      '#v=1&preset=vit_large&future.thing=1&masks.0.blocks=many&batchSize=24&frame=-2&name=%E0%A4&vs.0.kind=odd',
    );
    expect(read?.state.config.batchSize).toBe(24);
    expect(changedFields(preset('vit_large'), read!.state.config)).toEqual(['batchSize']);
    expect(read?.state.frame).toBe(0);
    expect(read?.notes).toHaveLength(5);
    for (const name of ['future.thing', 'masks.0.blocks', 'frame', 'name', 'vs.0.kind'])
      expect(
        read?.notes.some((note) => note.includes(name)),
        name,
      ).toBe(true);
  });

  it('what is not taken is told with its value and its limits, and the rest stays', () => {
    const read = readLink(
      '#v=1&preset=vit_large&batchSize=-4&seed=7&view=zzz&loss.target=dreams&set=9&frame=99&token=9999&flip=1',
    )!;
    expect(read.state).toMatchObject({ view: '', set: 1, frame: 0, token: null });
    expect(changedFields(preset('vit_large'), read.state.config)).toEqual(['seed']);
    expect(read.notes.sort()).toEqual([
      "In the link batch size is -4: choose a whole number from 1 to 512. The preset's 1 is kept.",
      "The link's field flip is “1”, which is not understood: it is left out.",
      "The link's field frame is “99”, not a whole number from 0 to 15: it is left out.",
      "The link's field loss.target is “dreams”, not features or pixels: it is left out.",
      "The link's field set is “9”, not a whole number from 0 to 1: the last set is shown.",
      "The link's field token is “9999”, not a whole number from 0 to 1567: it is left out.",
      "The link's field view is “zzz”, not one or compare: it is left out.",
    ]);
    expect(readLink('#v=1&data.cropScale=1&optim.lr=fast')!.notes).toEqual([
      "The link's field data.cropScale is “1”, not two numbers: it is left out.",
      "The link's field optim.lr is “fast”, not a number: it is left out.",
    ]);
  });

  it('settings that cannot work give the preset and the reason', () => {
    const read = readLink('#v=1&preset=nano&model.crop=1000000');
    expect(read?.state.config).toEqual(preset('nano'));
    expect(read?.notes.join()).toContain('crop is 1000000');
    expect(readLink('#v=1&preset=nano&masks=1e9')?.state.config).toEqual(preset('nano'));
  });

  it('no hash breaks it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(readLink(`#v=1&${text}`)?.state.config.masks.length).toBeGreaterThan(0);
        readLink(text);
      }),
    );
    expect(readLink('#v=1&__proto__=1&constructor.prototype.x=1&model.__proto__.y=1')?.notes).toHaveLength(3);
    expect(readLink(`#v=1&${'a'.repeat(100_000)}`)?.notes[0]).toContain('characters');
  });
});
