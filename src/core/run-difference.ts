// What a run was set to do differently from another, in one line: "predictor depth 2 → 4, mask set 1 blocks 8 → 4"; and what was
// changed while it went on.

import { changedFields, type FieldValue, fieldsOf } from './config-diff.ts';
import type { RunConfig } from './config.ts';
import { fieldWords } from './field-labels.ts';
import type { RunChange } from './run-changes.ts';

/** What a run learns from: in a few words, and as what it is. */
export interface RunClips {
  /** "drawn clips", "3 videos" */
  told: string;
  /** the same for the same clips */
  id: string;
}

/** How long a run is: named behind what it learns by. */
const lengths: ReadonlySet<string> = new Set(['optim.ipe', 'optim.ipeScale', 'optim.epochs', 'optim.warmup']);

/** Changes that a line names; the others are counted. */
const named = 3;

const spell = (v: FieldValue | undefined): string => {
  if (v === undefined) return 'none';
  if (Array.isArray(v)) return v.length > 4 ? `${v.length} numbers` : v.map(spell).join('–');
  if (typeof v === 'number' && v !== 0 && Math.abs(v) < 1e-3) return v.toExponential().replace('e-', 'e−');
  return v === null ? 'off' : v === true ? 'on' : v === false ? 'off' : String(v);
};

/** Where clips are not known, nothing is said of them. */
function clipsBeside(clips: RunClips | null, before: RunClips | null): string[] {
  if (!clips || !before || clips.id === before.id) return [];
  return [`clips ${before.told} → ${clips.told === before.told ? `other ${clips.told}` : clips.told}`];
}

/** Every setting that differs, as "name before → after"; preset and clips first where they are others. */
export function differences(
  config: RunConfig,
  parent: RunConfig,
  clips: RunClips | null = null,
  parentClips: RunClips | null = null,
): string[] {
  const before = fieldsOf(parent);
  const after = fieldsOf(config);
  const preset = config.preset === parent.preset ? [] : [`preset ${parent.preset} → ${config.preset}`];
  const changed = changedFields(parent, config);
  const ordered = [...changed.filter((field) => !lengths.has(field)), ...changed.filter((field) => lengths.has(field))];
  const fields = ordered.flatMap((field) => {
    if (field === 'masks') return [`mask sets ${parent.masks.length} → ${config.masks.length}`];
    const [from, to] = [spell(before.get(field)), spell(after.get(field))];
    // settings that only one of two kinds of mask has, and has at none
    return from === to && from === 'none' ? [] : [`${fieldWords(field)} ${from} → ${to}`];
  });
  return [...preset, ...clipsBeside(clips, parentClips), ...fields];
}

/** One line; null without anything to compare with. */
export function differenceLine(
  config: RunConfig,
  parent: RunConfig | null,
  clips: RunClips | null = null,
  parentClips: RunClips | null = null,
): string | null {
  if (!parent) return null;
  const all = differences(config, parent, clips, parentClips);
  if (!all.length) return 'same settings';
  // another preset is mostly another size: its name says more than the first three of twenty numbers
  const shown = config.preset !== parent.preset && all.length > named + 1 ? 1 : named;
  const rest = all.length - shown;
  const line = all.slice(0, shown).join(', ');
  return rest > 0 ? `${line} and ${rest} more` : line;
}

/** "learning rate 0.0004, EMA 0.99" */
export const saidChange = ({ lr, ema }: RunChange): string =>
  [...(lr === undefined ? [] : [`learning rate ${lr}`]), ...(ema === undefined ? [] : [`EMA ${ema}`])].join(', ');

/** What was changed while a run went on, in one line; null where nothing was. */
export function changesLine(changes: readonly RunChange[]): string | null {
  if (!changes.length) return null;
  const line = changes
    .slice(0, named)
    .map((change) => `${saidChange(change)} after step ${change.step}`)
    .join('; ');
  return changes.length > named ? `${line} and ${changes.length - named} more` : line;
}
