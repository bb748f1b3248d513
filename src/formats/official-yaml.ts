// The pretrain YAML of the official trainers, V-JEPA 1 and 2, in and out. What is not a setting of ours is listed and
// kept; what is written back changes only the values that changed.

import { checkConfig, type RunConfig } from '../core/config.ts';
import { fieldsOf, sameField, setField } from '../core/config-diff.ts';
import { StudioError } from '../core/errors.ts';
import { nameSome } from '../core/numbered.ts';
import { preset, type PresetName, presetNames } from '../core/presets.ts';
import { fieldsOfVersion, modelName, officialFields, officialModels, type Version } from './official-fields.ts';
import { maskFieldOf, noteMaskKeys, readMaskItem, writableMasks, writeMaskList } from './official-masks.ts';
import { isTrue, OfficialReader } from './official-reader.ts';
import { newOfficialText, spellField } from './official-template.ts';
import { numberOf, YamlEditor, type YamlText } from './yaml-edit.ts';
import { parseYaml, refuseYaml, type YamlMapping } from './yaml-nodes.ts';

/** A file as it was read, to be written back. */
export interface OfficialDocument {
  version: Version;
  source: string;
  root: YamlMapping;
}

export interface OfficialRead {
  config: RunConfig;
  version: Version;
  document: OfficialDocument;
  /** dotted keys of the file that filled a field, and those that are only kept */
  used: string[];
  unused: string[];
  /** fields of the config that keys of the file filled, named as checkConfig names them */
  filled: string[];
  /** sentences about what is not taken as it stands */
  problems: string[];
}

/** Reads a file. Keys that it lacks are what the official trainer takes for them. Throws StudioError 'format'. */
export async function readOfficialYaml(text: string): Promise<OfficialRead> {
  const source = text.replace(/^\uFEFF/, '');
  const root = await parseYaml(source);
  const reader = new OfficialReader(root);
  if (!['data', 'mask', 'model'].some((key) => reader.find(key)))
    refuseYaml('there is neither data nor model nor mask in it');
  const evaluation = reader.word('eval_name');
  if (evaluation) refuseYaml(`it is the config of an evaluation (eval_name is ${evaluation}), which draws no masks`);
  const version = versionOf(reader);
  const config = readConfig(reader, version);
  noteMaskKeys(reader, config.masks);
  noteMissing(reader, version, config);
  noteOdd(reader, config);
  return {
    config,
    version,
    document: { version, source, root },
    used: reader.used(),
    unused: reader.unused(),
    filled: filledFields(reader, version),
    problems: reader.problems,
  };
}

function filledFields(reader: OfficialReader, version: Version): string[] {
  const fields = new Map(fieldsOfVersion(version).map(({ key, field }) => [key, field]));
  if (version === 2) fields.set('data.dataset_fpcs', 'model.frames');
  return [...new Set(reader.used().flatMap((key) => fields.get(key) ?? maskFieldOf(key) ?? []))];
}

/** The text of a file with this config: the given one with its changed values, or a new one. */
export async function writeOfficialYaml(
  config: RunConfig,
  document: OfficialDocument | null,
  version: Version = 1,
): Promise<{ text: string; problems: string[] }> {
  const form = document?.version ?? version;
  const { masks, problems } = writableMasks(config.masks, form);
  if (!masks.length)
    problems.push('No mask set is left that the official trainer knows: the file keeps none of yours.');
  if (modelName(config.model) === null)
    problems.push(
      `No official model has width ${config.model.dim}, depth ${config.model.depth} and ${config.model.heads} heads: model_name is not yours.`,
    );
  if (form === 1 && config.model.predHeads !== config.model.heads)
    problems.push('The V-JEPA 1 predictor has as many heads as the encoder: your number of predictor heads is lost.');
  if (config.loss.target === 'pixels')
    problems.push('This run predicts pixels, the official trainer knows features alone: it would predict features.');
  else if (config.loss.sigreg > 0)
    problems.push(
      `The loss holds SIGReg with weight ${config.loss.sigreg}, which the official trainer does not know: it would train without.`,
    );
  if (!config.data.flip)
    problems.push('The official trainer mirrors half of the clips: that yours are not mirrored is lost.');
  if (config.maskCut !== 'official')
    problems.push(`The masks are cut as "${config.maskCut}" here, the official trainer always cuts to the shortest.`);
  const wanted = { ...config, masks };
  const text = document ? changeText(document, wanted) : newOfficialText(wanted, form);
  // what was written must mean what was meant
  const reader = new OfficialReader(await parseYaml(text));
  const got = readConfig(reader, form);
  const lost = fieldsOfVersion(form).find(
    ({ field }) => !sameField(fieldsOf(got).get(field), fieldsOf(wanted).get(field)),
  );
  if (lost || (masks.length && JSON.stringify(got.masks) !== JSON.stringify(masks)))
    throw new StudioError('format', `${lost?.key ?? 'mask'} could not be written into the form of this file.`, fresh);
  for (const { key, field } of officialFields)
    if (!sameField(fieldsOf(got).get(field), fieldsOf(wanted).get(field)))
      problems.push(`Version ${form} has no ${key}: it would train with ${String(fieldsOf(got).get(field))}.`);
  return { text, problems };
}

/** Settings that came from no file are written as a new one. */
const fresh = 'To have a new file, start over from a preset of the lab, make the same changes there, and save that.';

/** As many as a config may have. */
const mostSets = 8;

const versionOf = (reader: OfficialReader): Version =>
  ['folder', 'data.dataset_fpcs', 'model.use_rope', 'model.pred_num_heads'].some((key) => reader.find(key)) ? 2 : 1;

const startsFrom = (name: string | undefined): PresetName => presetNames.find((known) => known === name) ?? 'vit_large';

/** What the trainers take for keys that a file may lack (app/vjepa/train.py of both); the presets are those of whole files. */
function setOfficialDefaults({ model, data, optim }: RunConfig, version: Version): void {
  model.uniformPower = version === 1;
  data.cropRatio = [3 / 4, 4 / 3];
  optim.ipeScale = 1;
  optim.clipGrad = null; // version 2 never clips
}

function readConfig(reader: OfficialReader, version: Version): RunConfig {
  const name = reader.word('model.model_name');
  const config = preset(startsFrom(name));
  const size = officialModels.get(name ?? config.preset);
  if (size) Object.assign(config.model, size);
  else
    reader.problems.push(`model.model_name is ${name}, which is no official model: the sizes of vit_large are taken.`);
  setOfficialDefaults(config, version);
  const before = fieldsOf(config);
  for (const { key, field, kind, optional } of fieldsOfVersion(version)) {
    const now = before.get(field);
    if (typeof now === 'boolean') setField(config, field, reader.bool(key, now));
    else if (Array.isArray(now)) setField(config, field, reader.pair(key, [now[0], now[1]]));
    else if (optional) setField(config, field, reader.optionalNumber(key, typeof now === 'number' ? now : null));
    else if (typeof now === 'number') setField(config, field, reader.number(key, now));
    if (kind === 'int') noteFraction(reader, key);
  }
  config.model.predHeads =
    version === 1 ? config.model.heads : reader.number('model.pred_num_heads', config.model.heads);
  if (version === 2) readVersion2(reader, config);
  readMasks(reader, version, config);
  return config;
}

/** What no run could begin with; what masks are made of is told where it is shown. */
function noteOdd(reader: OfficialReader, config: RunConfig): void {
  for (const { field, message } of checkConfig(config))
    if (/^(?:optim|loss|data)\./.test(field)) reader.problems.push(`${yamlKey(field)} cannot train: ${message}.`);
}

/** What the file calls a field, or a part of one. */
const yamlKey = (field: string): string =>
  officialFields.find((known) => field === known.field || field.startsWith(`${known.field}.`))?.key ?? field;

/** What masks depend on and the trainers have no value for. */
function noteMissing(reader: OfficialReader, version: Version, { preset: name, batchSize, model }: RunConfig): void {
  const needed: [string, number][] = [
    ['data.batch_size', batchSize],
    [version === 1 ? 'data.num_frames' : 'data.dataset_fpcs', model.frames],
    ['data.tubelet_size', model.tubelet],
    ['data.patch_size', model.patch],
  ];
  const missing = needed.filter(([key]) => !reader.find(key)).map(([key, value]) => `${key} (${value})`);
  if (missing.length)
    reader.problems.push(
      `Masks depend on what is not in the file and is taken from the preset ${name}: ${missing.join(', ')}.`,
    );
}

/** Counts of data and model must be integers for the trainer; a warm-up may be a part of an epoch. */
function noteFraction(reader: OfficialReader, key: string): void {
  const node = reader.find(key);
  if (
    node?.kind === 'scalar' &&
    node.type === 'float' &&
    !key.startsWith('optimization.') &&
    numberOf(node) !== undefined
  )
    reader.problems.push(`${key} is ${node.text}: the trainer needs a whole number, written without a point.`);
}

function readVersion2(reader: OfficialReader, config: RunConfig): void {
  const frames = reader.numbers('data.dataset_fpcs', [config.model.frames]);
  if (frames?.length) {
    config.model.frames = frames.reduce((a, b) => Math.max(a, b));
    const lengths = [...new Set(frames)];
    if (lengths.length > 1)
      reader.problems.push(
        `data.dataset_fpcs has clips of ${nameSome(lengths.map(String))} frames: the masks of the longest are shown.`,
      );
  }
  const rate = reader.find('data.fps');
  const perSecond = rate?.kind === 'scalar' ? Number(rate.text) : NaN;
  if (perSecond > 0)
    reader.problems.push(
      `data.fps is ${perSecond}: the trainer takes the frame step from the rate of every video, here it is one for all. It stays ${config.data.samplingRate}, which is right for ${config.data.samplingRate * perSecond} frames a second.`,
    );
  const rope = reader.find('model.use_rope');
  if (rope && isTrue(rope))
    reader.problems.push('model.use_rope is true: the studio trains with sine-cosine positions; masks are the same.');
}

function readMasks(reader: OfficialReader, version: Version, config: RunConfig): void {
  const type = reader.word('data.mask_type');
  const list = reader.find('mask');
  if (list?.kind !== 'sequence' || !list.items.length) {
    const app = reader.word('app');
    const without = app !== undefined && app !== 'vjepa' ? ` (app is ${app})` : '';
    reader.problems.push(`There is no list of mask sets in the file${without}: the two of V-JEPA are shown.`);
    return;
  }
  if (list.items.length > mostSets)
    refuseYaml(`there are ${list.items.length} mask sets in it, at most ${mostSets} are supported`);
  const tubes = version === 1 && type !== undefined && type !== 'multiblock3d';
  if (tubes && type !== 'random_tube')
    reader.problems.push(
      `data.mask_type is ${type}: the trainer knows multiblock3d and takes every other word as random tubes, so these masks are random tubes.`,
    );
  config.masks = list.items.map((item, i) => {
    if (item.kind !== 'mapping') reader.problems.push(`mask.${i} is no list of keys: defaults are taken for it.`);
    return readMaskItem(reader, `mask.${i}`, tubes, version);
  });
}

/** The text of a file with the values of `config` where they are other. */
function changeText({ source, root, version }: OfficialDocument, config: RunConfig): string {
  const reader = new OfficialReader(root);
  const before = readConfig(reader, version);
  const editor = new YamlEditor(source);
  const missing = new Map<string, { [key: string]: YamlText }>();
  const put = (key: string, value: string | string[]) => {
    const node = reader.find(key);
    if (node) return editor.replace(node, value);
    const [section, name] = key.split('.');
    const parent = reader.find(section);
    if (parent?.kind === 'mapping') editor.addKey(parent, name, value);
    else missing.set(section, { ...missing.get(section), [name]: value });
  };
  const name = modelName(config.model);
  if (name !== null && name !== modelName(before.model)) put('model.model_name', name);
  const [old, now] = [fieldsOf(before), fieldsOf(config)];
  for (const { key, field, kind } of fieldsOfVersion(version)) {
    const value = now.get(field);
    if (!sameField(old.get(field), value)) put(key, spellField(kind, value));
  }
  if (version === 2) {
    if (config.model.predHeads !== before.model.predHeads) put('model.pred_num_heads', String(config.model.predHeads));
    const frames = reader.numbers('data.dataset_fpcs', [before.model.frames]) ?? [before.model.frames];
    if (config.model.frames !== before.model.frames)
      put(
        'data.dataset_fpcs',
        frames.map((f) => String(f === before.model.frames ? config.model.frames : f)),
      );
  }
  const tubes = config.masks.some((m) => m.kind === 'tube');
  if (config.masks.length && tubes !== before.masks.some((m) => m.kind === 'tube'))
    put('data.mask_type', tubes ? 'random_tube' : 'multiblock3d');
  for (const [section, values] of missing) editor.addKey(root, section, values);
  const list = reader.find('mask');
  if (list?.kind === 'sequence' && list.items.length) writeMaskList(editor, reader, list, config.masks, before.masks);
  else if (config.masks.length && JSON.stringify(config.masks) !== JSON.stringify(before.masks))
    throw new StudioError('format', 'The file has no list of mask sets to write into.', fresh);
  return editor.apply();
}
