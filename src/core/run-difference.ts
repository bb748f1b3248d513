// What a run was set to do differently from another, in one line: "predDepth 2 → 4, mask set 1 blocks 8 → 4".

import { changedFields, type FieldValue, fieldsOf } from './config-diff.ts';
import type { RunConfig } from './config.ts';

/** Changes that a line names; the others are counted. */
const named = 3;

const spell = (v: FieldValue | undefined): string => {
  if (v === undefined) return 'none';
  if (Array.isArray(v)) return v.length > 4 ? `${v.length} numbers` : v.map(spell).join('–');
  if (typeof v === 'number' && v !== 0 && Math.abs(v) < 1e-3) return v.toExponential().replace('e-', 'e−');
  return v === null ? 'off' : v === true ? 'on' : v === false ? 'off' : String(v);
};

/** "model.predDepth" → "predDepth", "masks.0.blocks" → "mask set 1 blocks" */
function titled(field: string): string {
  const mask = /^masks\.(\d+)\.(.+)$/.exec(field);
  return mask ? `mask set ${Number(mask[1]) + 1} ${mask[2]}` : (field.split('.').at(-1) ?? field);
}

/** Every setting that differs, as "name before → after"; the preset first where it is another. */
export function differences(config: RunConfig, parent: RunConfig): string[] {
  const before = fieldsOf(parent);
  const after = fieldsOf(config);
  const preset = config.preset === parent.preset ? [] : [`preset ${parent.preset} → ${config.preset}`];
  const fields = changedFields(parent, config).map((field) =>
    field === 'masks'
      ? `mask sets ${parent.masks.length} → ${config.masks.length}`
      : `${titled(field)} ${spell(before.get(field))} → ${spell(after.get(field))}`,
  );
  return [...preset, ...fields];
}

/** One line; null without anything to compare with. */
export function differenceLine(config: RunConfig, parent: RunConfig | null): string | null {
  if (!parent) return null;
  const all = differences(config, parent);
  if (!all.length) return 'same settings';
  // another preset is mostly another size: its name says more than the first three of twenty numbers
  const shown = config.preset !== parent.preset && all.length > named + 1 ? 1 : named;
  const rest = all.length - shown;
  const line = all.slice(0, shown).join(', ');
  return rest > 0 ? `${line} and ${rest} more` : line;
}
