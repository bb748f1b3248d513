import { describe, expect, it } from 'vitest';
import { multiBlock } from '../core/presets.ts';
import { type MaskDocument, readMaskJson, writeMaskJson } from './mask-json.ts';

const document: MaskDocument = {
  grid: { t: 2, h: 2, w: 2 },
  sampling: { masks: [multiBlock(1, 0.5)], cut: 'none', sequence: 'threefry', seed: 3 },
  batch: 2,
  draw: 9,
  clip: 'sha256:ab',
  sets: [
    {
      context: [Int32Array.of(0, 2), Int32Array.of(1)],
      target: [Int32Array.of(1, 3, 4), Int32Array.of(0, 7)],
    },
  ],
};

describe('masks as JSON', () => {
  it('is plain JSON with everything that the masks were drawn from', () => {
    expect(JSON.parse(writeMaskJson(document))).toEqual({
      format: 'v-jepa-studio masks 1',
      order: 'n = (t * h + y) * w + x',
      grid: { t: 2, h: 2, w: 2 },
      sampling: {
        masks: [
          {
            kind: 'multiblock',
            blocks: 1,
            spatialScale: [0.5, 0.5],
            temporalScale: [1, 1],
            aspectRatio: [0.75, 1.5],
            maxTemporalKeep: 1,
            maxKeep: null,
            complement: 'none',
            inverted: false,
          },
        ],
        cut: 'none',
        sequence: 'threefry',
        seed: 3,
      },
      batch: 2,
      draw: 9,
      clip: 'sha256:ab',
      sets: [
        {
          context: [[0, 2], [1]],
          target: [
            [1, 3, 4],
            [0, 7],
          ],
        },
      ],
    });
  });

  it('gives back the lists', () => {
    const { sampling: _, ...rest } = document;
    expect(readMaskJson(writeMaskJson(document))).toEqual(rest);
    const empty = { ...document, clip: null, sets: [] };
    expect(readMaskJson(writeMaskJson(empty)).sets).toEqual([]);
  });

  it.each([
    ['{', 'not JSON'],
    ['{"format": "other"}', 'do not say'],
    [writeMaskJson(document).replace('"t":2', '"t":-2'), 'no grid'],
    [writeMaskJson(document).replace('[1,3,4]', '[1,3,8]'), 'ascending token numbers below 8'],
    [writeMaskJson(document).replace('[1,3,4]', '[3,1,4]'), 'ascending'],
    [writeMaskJson(document).replace('[0,2],\n', ''), 'more lists of one kind'],
    [writeMaskJson(document).replace('[1,3,4]', '[0,3,4]'), 'is context and target'],
    [
      writeMaskJson({ ...document, sets: [...document.sets, { context: [], target: [] }] }),
      'one set has more clips than another',
    ],
    [writeMaskJson(document).replace('"draw": 9', '"draw": "x"'), 'whole numbers'],
  ])('refuses %#', (text, why) => expect(() => readMaskJson(text)).toThrow(why));
});
