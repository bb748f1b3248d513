// Drawn masks as JSON: the lists themselves and everything that they were drawn from.

import { isCount } from '../core/is-count.ts';
import type { MaskSampling } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { isObject } from '../core/is-object.ts';
import { type Grid, tokenCount } from '../core/grid.ts';

type TokenList = Int32Array<ArrayBuffer>;

export interface MaskDocument {
  grid: Grid;
  sampling: MaskSampling;
  /** clips that were cut together */
  batch: number;
  /** which draw, the step of a run */
  draw: number;
  /** fingerprint of the clip that they were looked at on */
  clip: string | null;
  /** per mask set: a context and a target list for every clip, ascending */
  sets: { context: TokenList[]; target: TokenList[] }[];
}

const format = 'v-jepa-studio masks 1';

/** One list a line, so that the file can be read and compared. */
export function writeMaskJson({ grid, sampling, batch, draw, clip, sets }: MaskDocument): string {
  const lists = (of: TokenList[]) => `[\n${of.map((l) => `        [${l.join(',')}]`).join(',\n')}\n      ]`;
  const body = sets.map(
    (set) => `    {\n      "context": ${lists(set.context)},\n      "target": ${lists(set.target)}\n    }`,
  );
  const head = Object.entries({ format, order: 'n = (t * h + y) * w + x', grid, sampling, batch, draw, clip });
  const lines = head.map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},`);
  return `{\n${lines.join('\n')}\n  "sets": [\n${body.join(',\n')}\n  ]\n}\n`;
}

function refuse(why: string): never {
  throw new StudioError('format', `These masks cannot be read: ${why}.`, 'Export them again.');
}

/** The grid and the lists of a document; throws StudioError 'format' when they do not belong together. */
export function readMaskJson(text: string): Pick<MaskDocument, 'grid' | 'batch' | 'draw' | 'clip' | 'sets'> {
  let v: unknown;
  try {
    v = JSON.parse(text);
  } catch {
    refuse('they are not JSON');
  }
  if (!isObject(v) || v.format !== format) refuse(`they do not say "${format}"`);
  const { grid, sets, batch, draw, clip } = v;
  if (!isObject(grid) || !isCount(grid.t) || !isCount(grid.h) || !isCount(grid.w)) refuse('they have no grid');
  const sides: Grid = { t: grid.t, h: grid.h, w: grid.w };
  if (!isCount(batch) || !isCount(draw)) refuse('batch and draw are not whole numbers');
  if (clip !== null && typeof clip !== 'string') refuse('the clip is not a text');
  if (!Array.isArray(sets)) refuse('they have no sets');
  const tokens = tokenCount(sides);
  const list = (l: unknown): TokenList => {
    if (!Array.isArray(l) || !l.every((n, i) => isCount(n) && n < tokens && (i === 0 || n > Number(l[i - 1]))))
      refuse(`a list is not ascending token numbers below ${tokens}`);
    return Int32Array.from(l);
  };
  const read = sets.map((set: unknown) => {
    if (!isObject(set) || !Array.isArray(set.context) || !Array.isArray(set.target)) refuse('a set has no lists');
    if (set.context.length !== set.target.length) refuse('a set has more lists of one kind than of the other');
    if (set.context.length !== sets[0].context.length) refuse('one set has more clips than another');
    const [context, target] = [set.context.map(list), set.target.map(list)];
    const both = context.findIndex((tokens, b) => {
      const hidden = new Set(target[b]);
      return tokens.some((n) => hidden.has(n));
    });
    if (both >= 0) refuse(`a token of clip ${both} is context and target in one set`);
    return { context, target };
  });
  return { grid: sides, batch, draw, clip, sets: read };
}
