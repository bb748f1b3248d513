// Mask sets of an official YAML: the items of its `mask` list.

import type { MaskConfig } from '../core/config.ts';
import { nameSome } from '../core/numbered.ts';
import { multiBlock } from '../core/presets.ts';
import { type OfficialReader, spelled } from './official-reader.ts';
import type { Version } from './official-fields.ts';
import { floatText, type YamlEditor, type YamlText } from './yaml-edit.ts';
import type { YamlMapping, YamlSequence } from './yaml-nodes.ts';

/** Keys of one set and what they hold. */
type MaskValues = Record<string, number | boolean | null | [number, number]>;

/** Which key of a set is which field of a masking. */
const maskFields: ReadonlyMap<string, string> = new Map([
  ['ratio', 'ratio'],
  ['num_blocks', 'blocks'],
  ['spatial_scale', 'spatialScale'],
  ['temporal_scale', 'temporalScale'],
  ['aspect_ratio', 'aspectRatio'],
  ['max_temporal_keep', 'maxTemporalKeep'],
  ['max_keep', 'maxKeep'],
  ['full_complement', 'complement'],
  ['pred_full_complement', 'complement'],
  ['inv_block', 'inverted'],
]);

/** The field of a config that a dotted key of the file fills; undefined when it is of no mask set. */
export function maskFieldOf(key: string): string | undefined {
  const [list, at, name, ...deeper] = key.split('.');
  const field = list === 'mask' && !deeper.length ? maskFields.get(name) : undefined;
  return field && `masks.${at}.${field}`;
}

/** Reads one item; `tube` when the file asks for random tubes. Keys that a version does not know stay unread. */
export function readMaskItem(reader: OfficialReader, at: string, tube: boolean, version: Version): MaskConfig {
  if (tube) return { kind: 'tube', ratio: reader.number(`${at}.ratio`, 0.9) };
  const plain = multiBlock(8, 0.15);
  const flag = (key: string) => version === 2 && reader.bool(`${at}.${key}`, false);
  const full = flag('full_complement');
  const predFull = flag('pred_full_complement');
  return {
    kind: 'multiblock',
    blocks: reader.number(`${at}.num_blocks`, plain.blocks),
    spatialScale: reader.pair(`${at}.spatial_scale`, plain.spatialScale),
    temporalScale: reader.pair(`${at}.temporal_scale`, plain.temporalScale),
    aspectRatio: reader.pair(`${at}.aspect_ratio`, plain.aspectRatio),
    maxTemporalKeep: reader.number(`${at}.max_temporal_keep`, 1),
    maxKeep: reader.optionalNumber(`${at}.max_keep`, null),
    // the official collator looks at the first one first
    complement: full ? 'target' : predFull ? 'context' : 'none',
    inverted: flag('inv_block'),
  };
}

/** Tells the keys of a file's sets that the collator has no value for, and with them those that no masking knows, which may be
 * meant for them. */
export function noteMaskKeys(reader: OfficialReader, masks: readonly MaskConfig[]): void {
  const list = reader.find('mask');
  if (list?.kind !== 'sequence') return;
  list.items.forEach((item, i) => {
    const mask = masks[i];
    if (item.kind !== 'mapping' || mask.kind !== 'multiblock') return;
    const keys = item.entries.map(({ key }) => key);
    const missing = needed.filter((key) => !keys.includes(key));
    if (!missing.length) return;
    const values = valuesOf(mask);
    const taken = missing.map((key) => `${key} (${spelled(values[key])})`);
    const unknown = keys.filter((key) => !maskFields.has(key));
    const other = unknown.length ? ` It has ${nameSome(unknown)}, which no mask set has.` : '';
    reader.problems.push(
      `mask.${i} lacks what the trainer has no value for and is shown with one here: ${taken.join(', ')}.${other}`,
    );
  });
}

/** Keys of blocks that the official collator has no value of its own for. */
const needed = ['num_blocks', 'spatial_scale', 'temporal_scale', 'aspect_ratio'] as const;

/** Sets that a version can write, and a sentence for each that it cannot. */
export function writableMasks(masks: MaskConfig[], version: Version): { masks: MaskConfig[]; problems: string[] } {
  const problems: string[] = [];
  const tubes = masks.some((m) => m.kind === 'tube') && masks.every((m) => m.kind !== 'multiblock') && version === 1;
  const writable = masks.filter((mask, i) => {
    const why = obstacle(mask, version, tubes);
    if (why) problems.push(`Mask set ${i + 1} is left out: ${why}.`);
    return !why;
  });
  return { masks: writable, problems };
}

function obstacle(mask: MaskConfig, version: Version, tubes: boolean): string | null {
  switch (mask.kind) {
    case 'painted':
      return 'it is painted by hand, and the official trainer draws all masks';
    case 'future':
      return 'the official trainer has no masks that predict whole tubelets';
    case 'tube':
      return tubes ? null : version === 2 ? 'V-JEPA 2 has no random tubes' : 'a file has tubes or blocks, not both';
    case 'multiblock':
      return version === 1 && (mask.complement !== 'none' || mask.inverted)
        ? 'V-JEPA 1 knows neither complements nor inverted blocks, version 2 does'
        : null;
  }
  return mask satisfies never;
}

function valuesOf(mask: MaskConfig): MaskValues {
  if (mask.kind === 'tube') return { ratio: mask.ratio };
  if (mask.kind !== 'multiblock') return {};
  return {
    aspect_ratio: mask.aspectRatio,
    num_blocks: mask.blocks,
    spatial_scale: mask.spatialScale,
    temporal_scale: mask.temporalScale,
    max_temporal_keep: mask.maxTemporalKeep,
    max_keep: mask.maxKeep,
    full_complement: mask.complement === 'target',
    pred_full_complement: mask.complement === 'context',
    inv_block: mask.inverted,
  };
}

const isWhole = (key: string) => key === 'num_blocks' || key === 'max_keep';

function spell(key: string, value: MaskValues[string]): string | string[] {
  if (Array.isArray(value)) return value.map(floatText);
  if (typeof value === 'number') return isWhole(key) ? String(value) : floatText(value);
  return String(value);
}

/** A whole new item, as the official files have it. */
export function maskText(mask: MaskConfig): { [key: string]: YamlText } {
  const rare = new Set(['full_complement', 'pred_full_complement', 'inv_block']);
  return Object.fromEntries(
    Object.entries(valuesOf(mask))
      .filter(([key, value]) => !(rare.has(key) && value === false))
      .map(([key, value]) => [key, spell(key, value)]),
  );
}

/** Writes the sets into the list of a file: values that are other, items that are new, and items that are gone. */
export function writeMaskList(
  editor: YamlEditor,
  reader: OfficialReader,
  list: YamlSequence,
  masks: MaskConfig[],
  before: MaskConfig[],
): void {
  masks.forEach((mask, i) => {
    const item = list.items[i];
    if (item?.kind === 'mapping') writeMaskItem(editor, reader, item, `mask.${i}`, mask, before[i]);
    else editor.addItem(list, maskText(mask));
  });
  if (masks.length < list.items.length && masks.length) editor.removeItems(list, masks.length);
}

function writeMaskItem(
  editor: YamlEditor,
  reader: OfficialReader,
  item: YamlMapping,
  at: string,
  mask: MaskConfig,
  before: MaskConfig,
): void {
  const old = valuesOf(before);
  for (const [key, value] of Object.entries(valuesOf(mask))) {
    if (JSON.stringify(old[key]) === JSON.stringify(value)) continue;
    const text = spell(key, value);
    const node = reader.find(`${at}.${key}`);
    if (node) editor.replace(node, text);
    else editor.addKey(item, key, text);
  }
}
