// The keys of the open screen, as a dialog. Loaded when it is asked for.

import { useEffect, useRef } from 'react';
import { chooseKeys } from '../store/choices.ts';
import type { Screen } from '../store/screen.ts';
import { useStudio } from '../store/studio.ts';
import { hasStage } from './page-keys.ts';

type Keys = readonly (readonly [string, string])[];

const clipKeys: Keys = [
  ['Space', 'play or pause the clip'],
  [', .', 'one frame back, forward'],
  ['← →', 'one tubelet back, forward'],
];

const maskKeys: Keys = [
  ['R', 'new mask'],
  ['M', 'mask on or off'],
  ['S', 'next mask set'],
];

const trainKeys: Keys = [
  ['T', 'start, pause or resume training'],
  ['Shift T', 'one training step'],
  ['Z', 'one step in slow motion; ← → go through its stages, Esc closes it'],
  ['E', 'measure the prediction error now'],
  ['W', 'trained or random weights'],
  ['P', 'the clip in as many pixels as the network is given, or as it was filmed'],
];

const sheetKey = ['?', 'this sheet'] as const;

const lessonKeys: Keys = [
  ['PgDn PgUp', 'next chapter of the lesson, the one before'],
  ['Esc', 'end of the lesson'],
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
  ['1 2 4', 'one picture, trained beside random, errors and features'],
  ['X', 'the first picture alone, or all again'],
  ['L', 'copy a link to what is looked at'],
  ['E', 'measure the errors of every token, read features again'],
  ['Q', 'error or skill'],
  ['S', 'errors of all mask sets, of one after the other'],
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

export default function KeySheet({ onClose }: { onClose: () => void }) {
  const ref = useRef<HTMLDialogElement>(null);
  const on = useStudio((s) => s.keys);
  const screen = useStudio((s) => s.screen);
  const lesson = useStudio((s) => s.lesson !== null);
  const own = ownKeys[screen];
  useEffect(() => ref.current?.showModal(), []);
  return (
    <dialog ref={ref} aria-labelledby="keys-title" onClose={onClose}>
      <h2 id="keys-title">Keys</h2>
      <dl className="keys">
        {[...(lesson ? lessonKeys : []), ...(hasStage(screen) ? clipKeys : []), ...own, sheetKey].map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label className="row">
        <input type="checkbox" checked={on} onChange={(e) => chooseKeys(e.target.checked)} /> Keys without Ctrl are on
      </label>
      <button type="button" className="primary" onClick={() => ref.current?.close()}>
        Close
      </button>
    </dialog>
  );
}
