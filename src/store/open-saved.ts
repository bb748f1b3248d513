// What the studio saved can be dropped on it again: a picture brings back what it was made of, in the lab, on the Look screen
// or in the settings of training; a file of masks comes in as painted sets.

import type { PaintedConfig } from '../core/config.ts';
import { reportFile, StudioError } from '../core/errors.ts';
import { type Grid, tokenCount } from '../core/grid.ts';
import { isObject } from '../core/is-object.ts';
import { numbered } from '../core/numbered.ts';
import { readConfig } from '../core/read-config.ts';
import { runFormat } from '../core/stored-run.ts';
import { readMaskJson } from '../formats/mask-json.ts';
import { readNpy } from '../formats/npy.ts';
import { readPngText } from '../formats/png-text.ts';
import { roles } from '../mask/roles.ts';
import { chooseConfig } from './actions.ts';
import { addFiles } from './files.ts';
import { patchLab } from './lab.ts';
import { openAddress } from './lab-link.ts';
import { changeLab, endStep } from './lab-settings.ts';
import { patch, useStudio } from './studio.ts';

const mostSets = 8;

/** Opens a PNG, NPY or JSON that was saved, on its screen; a picture of something else is a clip of one frame. */
export async function openSaved(file: File): Promise<void> {
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (/\.png$/i.test(file.name)) {
      const made = parsed(readPngText(bytes).Comment);
      if (isObject(made) && typeof made.link === 'string') openLink(made.link, file.name);
      else if (isObject(made) && isObject(made.settings)) takeSettings(made.settings, file.name);
      else addFiles([file]);
      return;
    }
    const masks = /\.npy$/i.test(file.name) ? setsOfNpy(bytes) : setsOfJson(bytes, file.name);
    if (useStudio.getState().screen !== 'masks') location.hash = '#masks';
    showPainted(masks, file.name);
  } catch (error) {
    patch({ problem: reportFile(file.name, error) });
  }
}

function openLink(link: string, name: string): void {
  const ofLook = link.startsWith('#look');
  if (!ofLook) patchLab({ picture: name });
  if (location.hash !== link) location.hash = link;
  // the same address again is no news to the browser
  else if (ofLook) dispatchEvent(new Event('hashchange'));
  else openAddress();
}

/** Settings of the run that a chart was of. Throws StudioError for those that cannot be. */
function takeSettings(settings: unknown, name: string): void {
  chooseConfig(readConfig(settings));
  patch({ settingsFrom: `the run in ${name}` });
  location.hash = '#train';
}

/** A text as JSON; anybody may have written the comment of a picture. */
function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
}

interface DrawnSets {
  grid: Grid;
  /** target tokens of the first clip of every set */
  targets: number[][];
  /** tokens of them that were neither context nor target */
  unused: number;
}

function setsOfJson(bytes: Uint8Array, name: string): DrawnSets {
  const text = new TextDecoder().decode(bytes);
  const document_ = parsed(text);
  if (isObject(document_) && document_.format === runFormat)
    throw new StudioError(
      'format',
      `${name} holds the numbers of a run without its weights.`,
      'Drop the checkpoint of the run, a .safetensors file, to have it here.',
    );
  const { grid, sets } = readMaskJson(text);
  const known = sets.filter((set) => set.target.length).map((set) => [set.context[0], set.target[0]]);
  return {
    grid,
    targets: known.map(([, target]) => [...target]),
    unused: known.reduce((n, [context, target]) => n + tokenCount(grid) - context.length - target.length, 0),
  };
}

/** An array (sets, clips, t, h, w) of roles. */
function setsOfNpy(bytes: Uint8Array): DrawnSets {
  const { shape, data } = readNpy(bytes);
  const [sets, clips, t, h, w] = shape;
  if (
    shape.length !== 5 ||
    !data.length ||
    data.some((v) => v !== roles.unused && v !== roles.context && v !== roles.target)
  )
    throw new StudioError(
      'format',
      `The array has the shape (${shape.join(', ')}), which is none of masks, or other numbers than 0, 1 and 2.`,
      'Masks are (sets, clips, t, h, w) with 0 for unused, 1 for context and 2 for target.',
    );
  const tokens = t * h * w;
  const roleOf = (set: number, n: number) => data[set * clips * tokens + n];
  const all = Array.from({ length: tokens }, (_, n) => n);
  const targets = Array.from({ length: sets }, (_, s) => all.filter((n) => roleOf(s, n) === roles.target));
  const unused = targets.reduce((sum, _, s) => sum + all.filter((n) => roleOf(s, n) === roles.unused).length, 0);
  return { grid: { t, h, w }, targets, unused };
}

function showPainted({ grid, targets, unused }: DrawnSets, name: string): void {
  if (!targets.length || targets.length > mostSets)
    throw new StudioError(
      'format',
      `${name} holds ${targets.length} mask sets.`,
      `Choose a file with 1 to ${mostSets}.`,
    );
  const masks = targets.map((tokens): PaintedConfig => ({ kind: 'painted', grid, tokens }));
  endStep();
  changeLab({ ...useStudio.getState().labConfig, masks }, 'masks');
  patch({ maskSet: 0 });
  const were = `${numbered(unused, 'token')} that ${unused === 1 ? 'was unused is' : 'were unused are'}`;
  const lost = unused ? [`${were} context now: a painted set has only two kinds.`] : [];
  patchLab({ notes: [`The masks of the first clip in ${name} are painted sets now.`, ...lost] });
}
