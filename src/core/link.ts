// The state of the lab as the hash of an address: `#v=1&…`, only what differs from the preset. A clip is named by its
// fingerprint, never sent; who opens the link drops the same file. What a link says is checked like any file.

import { fieldsOf, sameField, setField, withField } from './config-diff.ts';
import { checkConfig, gridOf, type MaskConfig, maskCuts, predictionTargets, type RunConfig } from './config.ts';
import { tokenCount } from './grid.ts';
import { readField, readMask, readNumber, spell, writeMask } from './link-masks.ts';
import { mostName, nameInLink } from './link-name.ts';
import { notTaken, oneOf, wholeTo } from './link-note.ts';
import { preset, type PresetName, presetNames } from './presets.ts';

export interface LinkState {
  config: RunConfig;
  /** fingerprint of a file, or the id of a drawn clip */
  clip: string | null;
  /** its name, to ask for it */
  clipName: string | null;
  /** first frame of the clip in the video */
  start: number;
  frame: number;
  token: number | null;
  /** mask set that is shown */
  set: number;
  draw: number;
  view: string;
  /** maskings beside each other */
  compared: { name: string; mask: MaskConfig }[];
}

const mostCharacters = 32_768;
const mostSets = 8;
const mostCompared = 4;
/** Draws are counters of 32 bits. */
const mostCount = 2 ** 32 - 1;
const counts = ['start', 'frame', 'set', 'draw'] as const;

/** Leaves the characters that addresses may hold as they are. */
const escape = (text: string): string => encodeURIComponent(text).replace(/%2C/g, ',').replace(/%3A/g, ':');

const maskSequences = ['threefry', 'official'] as const;

const isPreset = (name: string): name is PresetName => presetNames.some((known) => known === name);

export function writeLink(state: LinkState): string {
  const { config } = state;
  const base = preset(isPreset(config.preset) ? config.preset : 'vit_large');
  const known = fieldsOf(base);
  const pairs: [string, string][] = [
    ['v', '1'],
    ['preset', base.preset],
  ];
  for (const [name, value] of fieldsOf(config))
    if (name !== 'preset' && !name.startsWith('masks.') && !sameField(known.get(name), value))
      pairs.push([name, spell(value)]);
  if (config.masks.length !== base.masks.length) pairs.push(['masks', String(config.masks.length)]);
  config.masks.forEach((mask, i) => {
    for (const [name, text] of writeMask(mask, base.masks[i])) pairs.push([`masks.${i}.${name}`, text]);
  });
  state.compared.forEach(({ name, mask }, i) => {
    pairs.push([`vs.${i}`, nameInLink(name)]);
    for (const [field, text] of writeMask(mask, undefined)) pairs.push([`vs.${i}.${field}`, text]);
  });
  if (state.clip !== null) pairs.push(['clip', state.clip]);
  if (state.clipName !== null) pairs.push(['name', nameInLink(state.clipName)]);
  for (const name of counts) if (state[name]) pairs.push([name, String(state[name])]);
  if (state.token !== null) pairs.push(['token', String(state.token)]);
  if (state.view) pairs.push(['view', state.view]);
  return `#${pairs.map(([name, text]) => `${name}=${escape(text)}`).join('&')}`;
}

/** What a hash says, with a note for everything that was not understood. Null when it is no link of ours. */
export function readLink(hash: string): { state: LinkState; notes: string[] } | null {
  if (!/^#v=\d+(&|$)/.test(hash)) return null;
  const notes: string[] = [];
  const fields = readPairs(hash, notes);
  const version = fields.get('v');
  fields.delete('v');
  if (version !== '1')
    notes.push(`The link has version ${version}, this studio reads version 1: some of it may be lost.`);
  const taken = (name: string): string | undefined => {
    const text = fields.get(name);
    fields.delete(name);
    return text;
  };
  const said = new Map(fields);
  const strange = (name: string, limit?: string, instead?: string) => {
    notes.push(notTaken(name, said.get(name), limit, instead));
  };
  const count = (name: string, most = mostCount): number | null => {
    const text = taken(name);
    if (text === undefined) return null;
    const value = readNumber(text);
    if (value !== undefined && Number.isInteger(value) && value >= 0 && value <= most) return value;
    strange(name, wholeTo(most));
    return null;
  };
  const name = taken('preset') ?? 'vit_large';
  if (!isPreset(name))
    notes.push(`The link starts from the preset ${name.slice(0, 60)}, which is unknown: vit_large is taken.`);
  const base = preset(isPreset(name) ? name : 'vit_large');
  const state: LinkState = {
    config: base,
    clip: taken('clip')?.slice(0, mostName) ?? null,
    clipName: taken('name')?.slice(0, mostName) ?? null,
    start: count('start') ?? 0,
    frame: count('frame') ?? 0,
    set: count('set') ?? 0,
    draw: count('draw') ?? 0,
    token: count('token'),
    view: taken('view') ?? '',
    compared: readCompared(fields, strange),
  };
  const config = readConfig(fields, base, count('masks', mostSets), strange);
  for (const left of fields.keys()) strange(left, limitOf(left, base));
  state.config = workable(config, base, notes);
  return { state: withinReach(state, strange), notes };
}

type Strange = (name: string, limit?: string, instead?: string) => void;

/** What a field of settings may be; undefined for one that is none of ours, or of a mask. */
function limitOf(name: string, base: RunConfig): string | undefined {
  const known = { maskCut: maskCuts, maskSequence: maskSequences, 'loss.target': predictionTargets } as const;
  const choices = Object.entries(known).find(([field]) => field === name)?.[1];
  const now = fieldsOf(base).get(name);
  if (choices) return oneOf(choices);
  if (typeof now === 'boolean') return 'true or false';
  if (Array.isArray(now)) return 'two numbers';
  return typeof now === 'number' ? 'a number' : undefined;
}

/** Settings that cannot work are those of the preset, one after the other as far as that helps, or else all of them. */
function workable(read: RunConfig, base: RunConfig, notes: string[]): RunConfig {
  const known = fieldsOf(base);
  const modelFields = [...known.keys()].filter((name) => name.startsWith('model.'));
  const own: string[] = [];
  let config = read;
  for (;;) {
    const [problem] = checkConfig(config);
    notes.push(...(problem ? [] : own));
    if (!problem) return config;
    const { field, message } = problem;
    const before = known.get(field);
    if (/^masks\b/.test(field) && config.masks !== base.masks) {
      config = { ...config, masks: base.masks };
      own.push(`In the link ${message}. The preset's masks are kept.`);
    } else if (before !== undefined && !sameField(fieldsOf(config).get(field), before)) {
      config = withField(config, field, before);
      own.push(`In the link ${message}. The preset's ${spell(before)} is kept.`);
    } else if (
      field.startsWith('model.') &&
      !modelFields.every((name) => sameField(fieldsOf(config).get(name), known.get(name)))
    ) {
      // sizes that do not fit each other: which of them is wrong nobody knows
      config = { ...config, model: base.model };
      own.push(`In the link ${message}. The preset's model is kept.`);
    } else {
      notes.push(`The link's settings cannot work, ${base.preset} is shown instead: ${message}.`);
      return base;
    }
  }
}

const views = ['one', 'compare'];

/** The state as far as its settings reach. */
function withinReach(state: LinkState, strange: Strange): LinkState {
  const { config } = state;
  const sets = config.masks.length;
  const frames = config.model.frames;
  const tokens = tokenCount(gridOf(config.model));
  const { set, frame, token } = state;
  const view = views.includes(state.view) ? state.view : '';
  if (state.view && !view) strange('view', oneOf(views));
  if (set >= sets) strange('set', wholeTo(sets - 1), 'the last set is shown');
  if (frame >= frames) strange('frame', wholeTo(frames - 1));
  if (token !== null && token >= tokens) strange('token', wholeTo(tokens - 1));
  return {
    ...state,
    view,
    set: Math.min(set, sets - 1),
    frame: frame < frames ? frame : 0,
    token: token !== null && token < tokens ? token : null,
  };
}

function readPairs(hash: string, notes: string[]): Map<string, string> {
  if (hash.length > mostCharacters)
    notes.push(`The link has ${hash.length} characters, the first ${mostCharacters} are read.`);
  const fields = new Map<string, string>();
  for (const pair of hash.slice(1, mostCharacters).split('&')) {
    const at = pair.indexOf('=');
    if (at < 1) continue;
    try {
      fields.set(pair.slice(0, at), decodeURIComponent(pair.slice(at + 1)));
    } catch {
      notes.push(`The link's field ${pair.slice(0, Math.min(at, 60))} is broken and is left out.`);
    }
  }
  return fields;
}

/** Takes the fields that begin with a prefix out of the list. */
function takePart(fields: Map<string, string>, prefix: string): Map<string, string> {
  const part = new Map<string, string>();
  for (const [name, text] of fields)
    if (name.startsWith(prefix)) {
      part.set(name.slice(prefix.length), text);
      fields.delete(name);
    }
  return part;
}

function readCompared(fields: Map<string, string>, strange: (name: string) => void): LinkState['compared'] {
  const compared: LinkState['compared'] = [];
  for (let i = 0; i < mostCompared; i++) {
    const name = fields.get(`vs.${i}`);
    fields.delete(`vs.${i}`);
    const part = takePart(fields, `vs.${i}.`);
    if (name === undefined && !part.size) continue;
    const mask = readMask(part, undefined, (field) => strange(`vs.${i}.${field}`));
    if (!mask) strange(`vs.${i}.kind`);
    else compared.push({ name: name?.slice(0, mostName) ?? mask.kind, mask });
  }
  return compared;
}

function readConfig(fields: Map<string, string>, base: RunConfig, sets: number | null, strange: Strange): RunConfig {
  const config = structuredClone(base);
  const masks = Array.from({ length: sets ?? base.masks.length }, (_, i) => {
    const part = takePart(fields, `masks.${i}.`);
    const mask = readMask(part, base.masks[i], (name) => strange(`masks.${i}.${name}`));
    if (!mask) strange(`masks.${i}.kind`, undefined, 'the first set of the preset is taken');
    return mask ?? base.masks[0];
  });
  const cut = maskCuts.find((known) => known === fields.get('maskCut'));
  if (cut) {
    config.maskCut = cut;
    fields.delete('maskCut');
  }
  const sequence = maskSequences.find((known) => known === fields.get('maskSequence'));
  if (sequence) {
    config.maskSequence = sequence;
    fields.delete('maskSequence');
  }
  const target = predictionTargets.find((known) => known === fields.get('loss.target'));
  if (target) {
    config.loss.target = target;
    fields.delete('loss.target');
  }
  for (const [name, now] of fieldsOf(base)) {
    const text = fields.get(name);
    if (text === undefined || typeof now === 'string') continue;
    const value = readField(text, now, name === 'optim.clipGrad');
    if (value === undefined) continue;
    fields.delete(name);
    setField(config, name, value);
  }
  return { ...config, masks };
}
