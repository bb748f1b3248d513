// Settings of the mask lab: every change can be undone, and is compared with the preset or file that it started from.

import { changedFields, fieldsOf, withField } from '../core/config-diff.ts';
import type { MaskConfig, RunConfig } from '../core/config.ts';
import { type ErrorReport, reportFile } from '../core/errors.ts';
import { readOfficialYaml } from '../formats/official-yaml.ts';
import { chooseConfig, followScene, wake } from './actions.ts';
import { type Made, patchLab, useLab } from './lab.ts';
import { measureSoon } from './lab-statistics.ts';
import { patch, sceneConfig, useStudio } from './studio.ts';

/** Steps that can be taken back. */
const mostSteps = 200;
/** Changes of one field within so many milliseconds are one step, as when a slider is dragged. */
const oneStep = 800;
let last = { field: '', at: -Infinity };
let held = false;

function show(config: RunConfig): void {
  const before = sceneConfig(useStudio.getState());
  patch({ labConfig: config });
  followScene(before);
  measureSoon();
}

function made(): Made {
  const { base, origin, file } = useLab.getState();
  return { config: useStudio.getState().labConfig, base, origin, file };
}

/** The settings with the file or preset that they came from: what is saved goes into the text of its own file. */
function giveBack({ config, base, origin, file }: Made): void {
  patchLab({ base, origin, file, corner: null });
  show(config);
}

/** Puts settings in force. `field` names what is changed; quick changes of one field are one step to undo. */
export function changeLab(config: RunConfig, field: string): void {
  wake();
  const before = made();
  const now = performance.now();
  const joined = field === last.field && (held || now - last.at < oneStep);
  last = { field, at: now };
  if (!joined) useLab.setState(({ past }) => ({ past: [...past.slice(1 - mostSteps), before], future: [] }));
  show(config);
}

/** Ends a step: the next change is one of its own. `hold` makes all changes of one field until the next end one step. */
export function endStep(hold = false): void {
  last = { field: '', at: -Infinity };
  held = hold;
}

export function undo(): void {
  const { past, future } = useLab.getState();
  const before = past.at(-1);
  if (!before) return;
  endStep();
  patchLab({ past: past.slice(0, -1), future: [made(), ...future] });
  giveBack(before);
}

export function redo(): void {
  const { past, future } = useLab.getState();
  const [next, ...rest] = future;
  if (!next) return;
  endStep();
  patchLab({ past: [...past, made()], future: rest });
  giveBack(next);
}

/** Replaces the shown mask set. */
export function changeMask(mask: MaskConfig, field: string): void {
  const { labConfig, maskSet } = useStudio.getState();
  const masks = labConfig.masks.map((m, i) => (i === maskSet ? mask : m));
  changeLab({ ...labConfig, masks }, `masks.${maskSet}.${field}`);
}

/** Other settings altogether: what was measured of those before is not shown until the new ones are. */
export const nothingMeasured = { statistics: null, statisticsProblem: null } as const;

/** Starts over from a preset, or from other settings that are named; changes are marked against them. */
export function startFrom(config: RunConfig, origin: string | null = null): void {
  endStep();
  changeLab(config, 'everything');
  patchLab({ base: config, origin, file: null, ...nothingMeasured });
}

/** Fields that differ from what the settings started from; a mask set of another kind is one change. */
export function changedSettings(base: RunConfig, config: RunConfig): ReadonlySet<string> {
  const changed = changedFields(base, config);
  const kinds = changed.filter((field) => field.endsWith('.kind')).map((field) => field.slice(0, -'kind'.length));
  return new Set(changed.filter((field) => field.endsWith('.kind') || !kinds.some((kind) => field.startsWith(kind))));
}

/** Puts one field back to what the settings started from; a mask set of another kind as a whole, "masks" all of them. */
export function resetField(field: string): void {
  const { labConfig: config } = useStudio.getState();
  const { base } = useLab.getState();
  const [part, at] = field.split('.');
  endStep();
  const value = fieldsOf(base).get(field);
  const before = base.masks[Number(at)];
  if (field === 'masks') changeLab({ ...config, masks: base.masks }, field);
  else if (part === 'masks' && before && before.kind !== config.masks[Number(at)]?.kind) {
    const masks = config.masks.map((mask, i) => (i === Number(at) ? before : mask));
    changeLab({ ...config, masks }, field);
  } else if (value !== undefined) changeLab(withField(config, field, value), field);
}

/** Fills the fields from an official YAML, on their own screen; what cannot be read leaves everything as it is. `told`: what is to
 * be said of files beside it. */
export async function loadSettings(file: File, told: ErrorReport | null = null): Promise<void> {
  try {
    const { config, ...read } = await readOfficialYaml(await file.text());
    if (useStudio.getState().screen !== 'masks') location.hash = '#masks';
    endStep();
    changeLab(config, 'everything');
    patch({ maskSet: 0, problem: told });
    patchLab({ file: { name: file.name, ...read }, base: config, origin: null, notes: [], ...nothingMeasured });
  } catch (error) {
    patch({ problem: reportFile(file.name, error) });
  }
}

/** Takes masks and cut of the lab over into the settings that training uses. */
export function trainWithMasks(): void {
  wake();
  const { labConfig, config } = useStudio.getState();
  location.hash = '#train';
  chooseConfig({ ...config, masks: labConfig.masks, maskCut: labConfig.maskCut });
}
