// The keys, as a dialog, and the listener behind them. Single letters can be switched off (WCAG 2.1.4).

import { useEffect, useRef } from 'react';
import { checkConfig } from '../core/config.ts';
import { control, nextMask, requestMap, startRun, wake } from '../store/actions.ts';
import type { Screen } from '../store/screen.ts';
import { closeSlow, showStage, slowOf, takeSlowStep, useSlow } from '../store/slow.ts';
import { patch, sceneConfig, useStudio } from '../store/studio.ts';
import { jumpToField } from './jump-to-field.ts';

type Keys = readonly (readonly [string, string])[];

const clipKeys: Keys = [
  ['Space', 'play or pause the clip'],
  [', .', 'one frame back, forward'],
  ['← →', 'one tubelet back, forward'],
  ['S', 'next mask set'],
];

const maskKeys: Keys = [
  ['R', 'new mask'],
  ['M', 'mask on or off'],
];

const trainKeys: Keys = [
  ['T', 'start, pause or resume training'],
  ['Shift T', 'one training step'],
  ['Z', 'one step in slow motion; ← → go through its stages, Esc closes it'],
  ['E', 'measure the prediction error now'],
  ['W', 'trained or random weights'],
];

const labKeys: Keys = [
  ['C', 'cube as one block or pulled apart'],
  ['X', 'cut the cube open by tubelet, row, column'],
  ['V B G', 'point, paint with the brush, paint rectangles'],
  ['D', 'paint context instead of targets'],
  ['Enter', 'in a picture, keep or paint the token; arrow keys move'],
  ['Ctrl Z', 'undo, with Shift redo'],
  ['N', 'run the statistics'],
  ['K', 'one mask or a comparison'],
  ['L', 'copy a link to this state'],
  ['Esc', 'let go of the token and the brush'],
];

const evaluateKeys: Keys = [
  ['← → ↑ ↓', 'in the confusion matrix, from cell to cell'],
  ['Enter', 'list the clips of the cell'],
  ['Esc', 'close the clip'],
];

const lookKeys: Keys = [
  ['F', 'errors or features'],
  ['E', 'measure the errors of every token, read features again'],
  ['Q', 'error or skill'],
  ['J K', 'weights of an earlier, later step that is kept'],
  ['O', 'measure the errors with the weights of all kept steps'],
  ['P C A', 'features as PCA, similarity, attention'],
  ['[ ]', 'one layer back, forward'],
  ['H', 'next head'],
  ['W', 'random weights first'],
  ['Enter', 'in a picture, choose the token; arrow keys move'],
  ['U', 'measure surprise'],
  ['N', 'next peak of surprise'],
];

const runsKeys: Keys = [
  ['← →', 'move the crosshair, with Shift faster'],
  ['L', 'logarithmic or linear axis'],
  ['A', 'along steps or minutes'],
  ['H', 'hidden runs too'],
  ['Ctrl Z', 'have the last deleted run back'],
  ['Esc', 'let go of the crosshair'],
];

const ownKeys: Record<Screen, Keys> = {
  train: [...maskKeys, ...trainKeys],
  masks: [...maskKeys, ...labKeys],
  evaluate: evaluateKeys,
  look: lookKeys,
  runs: runsKeys,
  system: [],
};

/** Whether a screen has a clip to play, and whether one sees its mask. */
const hasStage = (screen: Screen): boolean => screen === 'look' || hasMask(screen);
const hasMask = (screen: Screen): boolean => screen === 'train' || screen === 'masks';

export function KeySheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const ref = useRef<HTMLDialogElement>(null);
  const on = useStudio((s) => s.keys);
  const screen = useStudio((s) => s.screen);
  const own = ownKeys[screen];
  useEffect(() => {
    if (open) ref.current?.showModal();
    else ref.current?.close();
  }, [open]);
  return (
    <dialog ref={ref} aria-labelledby="keys-title" onClose={onClose}>
      <h2 id="keys-title">Keys</h2>
      <dl className="keys">
        {[...(hasStage(screen) ? clipKeys : []), ...own, ['?', 'this sheet'] as const].map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label className="row">
        <input type="checkbox" checked={on} onChange={(e) => patch({ keys: e.target.checked })} /> Keys without Ctrl are
        on
      </label>
      <button type="button" className="primary" onClick={onClose}>
        Close
      </button>
    </dialog>
  );
}

function press(event: KeyboardEvent, openSheet: () => void): boolean {
  const s = useStudio.getState();
  const frames = s.viewed?.rgba.length ?? 1;
  const move = (by: number) => patch({ frame: Math.min(Math.max(s.frame + by, 0), frames - 1), playing: false });
  const { model } = sceneConfig(s);
  const tubelet = model.frames === 1 ? 1 : model.tubelet;
  if (event.key === '?') {
    openSheet();
    return true;
  }
  if (!hasStage(s.screen)) return false;
  switch (event.key) {
    case ' ':
      patch({ playing: !s.playing });
      return true;
    case ',':
      move(-1);
      return true;
    case '.':
      move(1);
      return true;
    case 'ArrowLeft':
    case 'ArrowRight': {
      const by = event.key === 'ArrowLeft' ? -1 : 1;
      const slow = useSlow.getState();
      if (s.screen === 'train' && slowOf(slow, s.run)) showStage(slow.stage + by);
      else move(by * tubelet);
      return true;
    }
    case 'Escape':
      if (s.screen !== 'train' || !slowOf(useSlow.getState(), s.run)) return false;
      closeSlow();
      return true;
    case 'r':
      if (!hasMask(s.screen)) return false;
      nextMask();
      return true;
    case 'm':
      if (!hasMask(s.screen)) return false;
      patch({ maskShown: !s.maskShown });
      return true;
    case 's':
      patch({ maskSet: (s.maskSet + 1) % Math.max(1, s.sets.length) });
      return true;
  }
  return s.screen === 'train' && pressTraining(event.key);
}

function pressTraining(key: string): boolean {
  const s = useStudio.getState();
  switch (key) {
    case 't':
      if (s.run?.state === 'running') control('pause');
      else if (s.run?.state === 'paused') control('resume');
      else if (s.run?.state !== 'preparing' && s.device.kind === 'ready') {
        const [problem] = checkConfig(s.config);
        if (problem) jumpToField(problem.field);
        else startRun();
      }
      return true;
    case 'T':
      if (s.run?.state === 'paused') control('step');
      return true;
    case 'z':
      void takeSlowStep();
      return true;
    case 'e':
      void requestMap();
      return true;
    case 'w':
      patch({ whichMap: s.whichMap === 'latest' ? 'random' : 'latest' });
      return true;
    default:
      return false;
  }
}

/** Whether a key is meant for the page, not for a field, a button or a dialog. */
export function isPageKey(event: KeyboardEvent): boolean {
  if (!useStudio.getState().keys || event.ctrlKey || event.metaKey || event.altKey) return false;
  const target = event.target as HTMLElement;
  if (target.closest('input:not([type=checkbox], [type=range]), select, textarea, dialog[open]')) return false;
  // arrow keys move a slider
  if (target.closest('input[type=range]') && event.key.startsWith('Arrow')) return false;
  // Space and Enter press the focused button
  return !(target.closest('button, summary, a') && (event.key === ' ' || event.key === 'Enter'));
}

/** Listens for the keys above, except while somebody types or a dialog is open. */
export function useKeys(openSheet: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!isPageKey(event)) return;
      if (!press(event, openSheet)) return;
      event.preventDefault();
      if (event.key !== '?') wake();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, [openSheet]);
}
