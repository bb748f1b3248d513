// A config that somebody else wrote (a stored or dropped file): copied field by field, so that nothing unknown comes in.

import {
  checkConfig,
  type MaskConfig,
  maskCuts,
  type MaskSequence,
  predictionTargets,
  type RunConfig,
} from './config.ts';
import { StudioError } from './errors.ts';
import { multiBlock, preset } from './presets.ts';

const sequences: readonly MaskSequence[] = ['threefry', 'official'];

/** Throws StudioError 'format' for a field that is missing or of another kind, 'config' for one that cannot work. */
export function readConfig(value: unknown): RunConfig {
  const { masks: _m, maskCut: _c, maskSequence: _s, optim, loss, ...rest } = preset('nano');
  const { clipGrad, ...schedule } = optim;
  const { target: features, ...terms } = loss;
  const v = fields(value, 'the config');
  const o = fields(v.optim, 'optim');
  const l = fields(v.loss, 'loss');
  if (!Array.isArray(v.masks)) refuse('masks', 'a list');
  const config: RunConfig = {
    ...copyLike(rest, value, ''),
    maskCut: oneOf(maskCuts, v.maskCut, 'maskCut'),
    maskSequence: oneOf(sequences, v.maskSequence, 'maskSequence'),
    masks: v.masks.map((mask: unknown, i) => readMask(mask, `masks.${i}`)),
    loss: {
      // runs from before there was a choice predict features
      target: l.target === undefined ? features : oneOf(predictionTargets, l.target, 'loss.target'),
      ...copyLike(terms, l, 'loss.'),
    },
    optim: {
      ...copyLike(schedule, o, 'optim.'),
      clipGrad: o.clipGrad === null ? null : copyLike(clipGrad ?? 0, o.clipGrad, 'optim.clipGrad'),
    },
  };
  const [problem] = checkConfig(config);
  if (problem) throw new StudioError('config', problem.message, `Change ${problem.field}.`);
  return config;
}

function readMask(value: unknown, at: string): MaskConfig {
  const v = fields(value, at);
  switch (v.kind) {
    case 'multiblock': {
      const { kind, maxKeep: _k, complement: _c, ...numbers } = multiBlock(1, 0.5);
      return {
        kind,
        ...copyLike(numbers, value, `${at}.`),
        complement: oneOf(['none', 'target', 'context'] as const, v.complement, `${at}.complement`),
        maxKeep: v.maxKeep === null ? null : copyLike(0, v.maxKeep, `${at}.maxKeep`),
      };
    }
    case 'tube':
      return { kind: 'tube', ...copyLike({ ratio: 0 }, value, `${at}.`) };
    case 'future':
      return { kind: 'future', ...copyLike({ tubelets: 0 }, value, `${at}.`) };
    case 'painted': {
      if (!Array.isArray(v.tokens)) refuse(`${at}.tokens`, 'a list');
      return {
        kind: 'painted',
        grid: copyLike({ t: 0, h: 0, w: 0 }, v.grid, `${at}.grid.`),
        tokens: v.tokens.map((token: unknown, i) => copyLike(0, token, `${at}.tokens.${i}`)),
      };
    }
  }
  return refuse(`${at}.kind`, 'a kind of mask');
}

/** A copy of `value` with the fields of `model`, each of the model's kind. */
function copyLike<T>(model: T, value: unknown, at: string): T {
  if (typeof model === 'number' && !Number.isFinite(value)) refuse(at, 'a number');
  if (Array.isArray(model)) {
    if (!Array.isArray(value) || value.length !== model.length) refuse(at, `a list of ${model.length}`);
    return model.map((part: unknown, i) => copyLike(part, (value as unknown[])[i], `${at}.${i}`)) as T;
  }
  if (typeof model === 'object' && model !== null) {
    const from = fields(value, at || 'the config');
    const copy = Object.entries(model).map(([key, part]: [string, unknown]) => {
      if (!Object.hasOwn(from, key)) refuse(`${at}${key}`, 'there');
      const inner = typeof part === 'object' && part !== null && !Array.isArray(part);
      return [key, copyLike(part, from[key], `${at}${key}${inner ? '.' : ''}`)] as const;
    });
    return Object.fromEntries(copy) as T;
  }
  if (typeof value !== typeof model) refuse(at, `a ${typeof model}`);
  return value as T;
}

function fields(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(at, 'an object');
  return value as Record<string, unknown>;
}

function oneOf<T extends string>(known: readonly T[], value: unknown, at: string): T {
  return known.find((name) => name === value) ?? refuse(at, `one of ${known.join(', ')}`);
}

function refuse(at: string, needed: string): never {
  throw new StudioError(
    'format',
    `The stored settings are not sound: ${at.replace(/\.$/, '')} is not ${needed}.`,
    'The file is damaged or was written by another version: choose another one.',
  );
}
