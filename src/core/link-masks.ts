// Mask sets as fields of a link.

import { type FieldValue, fieldsOf, sameField } from './config-diff.ts';
import type { MaskConfig, MultiBlockConfig } from './config.ts';
import type { Grid } from './grid.ts';
import { multiBlock } from './presets.ts';

/** The set of a kind that a link need not spell out. */
function plainMask(kind: string | undefined): MaskConfig | null {
  if (kind === 'multiblock') return multiBlock(8, 0.15);
  if (kind === 'tube') return { kind: 'tube', ratio: 0.9 };
  if (kind === 'future') return { kind: 'future', tubelets: 1 };
  if (kind === 'painted') return { kind: 'painted', grid: { t: 1, h: 1, w: 1 }, tokens: [] };
  return null;
}

/** Fields of a mask set that differ from `base`, or from the plain set of its kind where the base is of another. */
export function writeMask(mask: MaskConfig, base: MaskConfig | undefined): [string, string][] {
  const same = base?.kind === mask.kind;
  const known = same ? fieldsOf(base) : fieldsOf(plainMask(mask.kind) ?? {});
  if (!same) known.delete('kind');
  return [...fieldsOf(mask)]
    .filter(([name, value]) => !sameField(known.get(name), value))
    .map(([name, value]) => [name, name === 'tokens' && mask.kind === 'painted' ? bitmap(mask) : spell(value)]);
}

/** Text of a field. */
export const spell = (value: FieldValue): string => (Array.isArray(value) ? value.join(',') : String(value));

/** What a text says about one field, given what the field holds now; undefined when it is nothing of that kind. */
export function readField(text: string, now: FieldValue, mayBeNull: boolean): FieldValue | undefined {
  if (text === 'null' && mayBeNull) return null;
  if (typeof now === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  if (Array.isArray(now)) {
    const numbers = text.split(',').map(readNumber);
    return numbers.length === 2 && numbers.every((n) => n !== undefined) ? numbers : undefined;
  }
  return readNumber(text);
}

export function readNumber(text: string): number | undefined {
  const value = Number(text);
  return text.trim() !== '' && Number.isFinite(value) ? value : undefined;
}

/** A mask set from its fields; those that are not understood go to `strange`. Null when its kind is none of ours. */
export function readMask(
  fields: ReadonlyMap<string, string>,
  base: MaskConfig | undefined,
  strange: (name: string) => void,
): MaskConfig | null {
  const kind = fields.get('kind') ?? base?.kind;
  const start = base?.kind === kind ? base : plainMask(kind);
  if (!start) return null;
  const rest = new Map([...fields].filter(([name]) => name !== 'kind'));
  switch (start.kind) {
    case 'multiblock':
      return readBlocks(start, rest, strange);
    case 'tube':
      return { kind: 'tube', ratio: onlyNumber('ratio', start.ratio, rest, strange) };
    case 'future':
      return { kind: 'future', tubelets: onlyNumber('tubelets', start.tubelets, rest, strange) };
    case 'painted': {
      const text = rest.get('tokens');
      rest.delete('tokens');
      const side = (name: 't' | 'h' | 'w') => {
        const own = new Map([...rest].filter(([key]) => key === `grid.${name}`));
        rest.delete(`grid.${name}`);
        return onlyNumber(`grid.${name}`, start.grid[name], own, strange);
      };
      const grid: Grid = { t: side('t'), h: side('h'), w: side('w') };
      for (const name of rest.keys()) strange(name);
      return { kind: 'painted', grid, tokens: text === undefined ? start.tokens : tokensOf(text) };
    }
  }
  return start satisfies never;
}

/** The one number that a mask of this kind has. */
function onlyNumber(name: string, now: number, fields: ReadonlyMap<string, string>, strange: (name: string) => void) {
  let value = now;
  for (const [field, text] of fields) {
    const read = field === name ? readNumber(text) : undefined;
    if (read === undefined) strange(field);
    else value = read;
  }
  return value;
}

function readBlocks(
  start: MultiBlockConfig,
  fields: ReadonlyMap<string, string>,
  strange: (name: string) => void,
): MultiBlockConfig {
  const mask: MultiBlockConfig = { ...start };
  const pair = (text: string): [number, number] | undefined => {
    const [low, high, ...more] = text.split(',').map(readNumber);
    return low !== undefined && high !== undefined && !more.length ? [low, high] : undefined;
  };
  for (const [name, text] of fields) {
    let understood = true;
    switch (name) {
      case 'blocks':
      case 'maxTemporalKeep':
        mask[name] = readNumber(text) ?? mask[name];
        understood = readNumber(text) !== undefined;
        break;
      case 'maxKeep':
        mask.maxKeep = text === 'null' ? null : (readNumber(text) ?? mask.maxKeep);
        understood = text === 'null' || readNumber(text) !== undefined;
        break;
      case 'spatialScale':
      case 'temporalScale':
      case 'aspectRatio':
        mask[name] = pair(text) ?? mask[name];
        understood = pair(text) !== undefined;
        break;
      case 'complement':
        understood = text === 'none' || text === 'target' || text === 'context';
        if (text === 'none' || text === 'target' || text === 'context') mask.complement = text;
        break;
      case 'inverted':
        understood = text === 'true' || text === 'false';
        mask.inverted = text === 'true';
        break;
      default:
        understood = false;
    }
    if (!understood) strange(name);
  }
  return mask;
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Painted tokens as bits, six to a digit of base64url, up to the last token. */
function bitmap({ tokens }: { tokens: number[] }): string {
  const bits = new Uint8Array(tokens.length ? Math.floor(tokens[tokens.length - 1] / 6) + 1 : 0);
  for (const n of tokens) bits[Math.floor(n / 6)] |= 1 << (n % 6);
  return Array.from(bits, (b) => digits[b]).join('');
}

function tokensOf(text: string): number[] {
  const tokens: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const bits = digits.indexOf(text[i]);
    for (let b = 0; b < 6; b++) if (bits >= 0 && bits & (1 << b)) tokens.push(6 * i + b);
  }
  return tokens;
}
