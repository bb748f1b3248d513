// Keys of the mask lab, beside those of the whole page.

import { wake } from '../store/actions.ts';
import { type CubeView, patchLab, useLab } from '../store/lab.ts';
import { copyLink } from '../store/lab-link.ts';
import { redo, undo } from '../store/lab-settings.ts';
import { measure, showView } from '../store/lab-statistics.ts';
import { patch } from '../store/studio.ts';
import { isPageKey } from './page-keys.ts';

const slices: readonly CubeView['slice'][] = ['none', 't', 'y', 'x'];

function press(key: string): boolean {
  const { cube, erase, view } = useLab.getState();
  switch (key) {
    case 'c':
      patchLab({ cube: { ...cube, explode: cube.explode > 0.05 ? 0 : 0.8 } });
      return true;
    case 'x':
      patchLab({ cube: { ...cube, slice: slices[(slices.indexOf(cube.slice) + 1) % slices.length] } });
      return true;
    case 'v':
      patchLab({ tool: 'point', corner: null });
      return true;
    case 'b':
      patchLab({ tool: 'brush', corner: null });
      return true;
    case 'g':
      patchLab({ tool: 'rectangle', corner: null });
      return true;
    case 'd':
      patchLab({ erase: !erase });
      return true;
    case 'n':
      measure();
      return true;
    case 'k':
      showView(view === 'one' ? 'compare' : 'one');
      return true;
    case 'l':
      void copyLink();
      return true;
    case 'Escape':
      patchLab({ tool: 'point', corner: null });
      patch({ selected: null });
      return true;
    default:
      return false;
  }
}

/** Undo and redo. A field of numbers puts every character in force, so what the browser would undo in it is the lab's already. */
function pressWithControl(event: KeyboardEvent): boolean {
  const key = event.key.toLowerCase();
  if (key === 'z') (event.shiftKey ? redo : undo)();
  else if (key === 'y') redo();
  else return false;
  return true;
}

/** Heard while the lab is open. */
export function hearLabKey(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  const control = (event.ctrlKey || event.metaKey) && !event.altKey;
  if (control && !target.closest('dialog[open]')) {
    if (pressWithControl(event)) event.preventDefault();
    return;
  }
  if (!isPageKey(event) || !press(event.key)) return;
  event.preventDefault();
  wake();
}
