// Official settings written with any values, read again by us and, where it is installed, by PyYAML.

import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MultiBlockConfig, RunConfig } from '../core/config.ts';
import { changedFields } from '../core/config-diff.ts';
import { multiBlock, preset } from '../core/presets.ts';
import { first, second } from '../testing/official-files.ts';
import { readOfficialYaml, writeOfficialYaml } from './official-yaml.ts';
import { scalarType } from './yaml-nodes.ts';

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

/** Reads, changes and writes a file. */
async function change(source: string, edit: (c: RunConfig) => void) {
  const { config, document } = await readOfficialYaml(source);
  edit(config);
  const written = await writeOfficialYaml(config, document);
  return written;
}

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

  it('reads sets and keys that were added and taken out', async () => {
    const flat = (mask: object) =>
      Object.fromEntries(Object.entries(mask).filter(([key]) => !key.includes('temporal')));
    const more = pyyaml(
      (
        await change(first.replace('  warmup: 40\n', '').trimEnd(), (c) => {
          c.optim.warmup = 2.5;
          c.masks.push({ ...multiBlock(4, 0.3), maxKeep: 7 });
        })
      ).text,
    ) as { mask: object[]; optimization: object };
    expect(more.optimization).toMatchObject({ warmup: 'float 2.5', ema: ['float 0.998', 'float 1.0'] });
    expect(more.mask).toHaveLength(3);
    expect(flat(more.mask[2])).toEqual({
      aspect_ratio: ['float 0.75', 'float 1.5'],
      num_blocks: 'int 4',
      spatial_scale: ['float 0.3', 'float 0.3'],
      max_keep: 'int 7',
    });
    const fewer = pyyaml((await change(second, (c) => void c.masks.pop())).text) as typeof more;
    const before = pyyaml(second) as typeof more;
    expect(fewer).toEqual({ ...before, mask: before.mask.slice(0, 1) });
  });

  it('takes scalars for what we take them for', () => {
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
      ? await readOfficialYaml(source)
      : { config: preset('vit_large'), document: null };
    edit(config);
    const { text, problems } = await writeOfficialYaml(config, document, version);
    expect(problems).toEqual([]);
    const again = await readOfficialYaml(text);
    // the preset's name follows the model's
    expect(changedFields(config, again.config)).toEqual([]);
    const unused = source ? (await readOfficialYaml(source)).unused : again.unused;
    expect(again.unused).toEqual(unused);
  }
});
