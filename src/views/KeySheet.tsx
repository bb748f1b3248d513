// The keys, as a dialog, and the listener behind them. Single letters can be switched off (WCAG 2.1.4).

import { useEffect, useRef } from 'react';
import { control, nextMask, requestMap, startRun, wake } from '../store/actions.ts';
import { patch, sceneConfig, useStudio } from '../store/studio.ts';

const keys: [string, string][] = [
  ['Space', 'play or pause the clip'],
  [', .', 'one frame back, forward'],
  ['← →', 'one tubelet back, forward'],
  ['R', 'new mask'],
  ['M', 'mask on or off'],
  ['S', 'next mask set'],
  ['T', 'start, pause or resume training'],
  ['Shift T', 'one training step'],
  ['E', 'measure the prediction error now'],
  ['W', 'trained or random weights'],
  ['?', 'this sheet'],
];

export function KeySheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const ref = useRef<HTMLDialogElement>(null);
  const on = useStudio((s) => s.keys);
  useEffect(() => {
    if (open) ref.current?.showModal();
    else ref.current?.close();
  }, [open]);
  return (
    <dialog ref={ref} aria-labelledby="keys-title" onClose={onClose}>
      <h2 id="keys-title">Keys</h2>
      <dl className="keys">
        {keys.map(([key, what]) => (
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
      move(-tubelet);
      return true;
    case 'ArrowRight':
      move(tubelet);
      return true;
    case 'r':
      nextMask();
      return true;
    case 'm':
      patch({ maskShown: !s.maskShown });
      return true;
    case 's':
      patch({ maskSet: (s.maskSet + 1) % Math.max(1, s.sets.length) });
      return true;
    case 't':
      if (s.run?.state === 'running') control('pause');
      else if (s.run?.state === 'paused') control('resume');
      else if (s.run?.state !== 'preparing' && s.device.kind === 'ready') startRun();
      return true;
    case 'T':
      if (s.run?.state === 'paused') control('step');
      return true;
    case 'e':
      void requestMap();
      return true;
    case 'w':
      patch({ whichMap: s.whichMap === 'latest' ? 'random' : 'latest' });
      return true;
    case '?':
      openSheet();
      return true;
    default:
      return false;
  }
}

/** Listens for the keys above, except while somebody types or a dialog is open. */
export function useKeys(openSheet: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!useStudio.getState().keys || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target as HTMLElement;
      if (target.closest('input:not([type=checkbox]), select, textarea, dialog[open]')) return;
      // Space and Enter press the focused button
      if (target.closest('button, summary, a') && (event.key === ' ' || event.key === 'Enter')) return;
      if (!press(event, openSheet)) return;
      event.preventDefault();
      if (event.key !== '?') wake();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, [openSheet]);
}
