// Keys of the Runs screen, beside those of the whole page.

import { useCallback } from 'react';
import { takeBack, useKeep } from '../store/keep.ts';
import { chooseAlong, showRuns, useRuns } from '../store/runs.ts';
import { isPageKey, useKeydown } from './page-keys.ts';

function press({ key, shiftKey }: KeyboardEvent, reach: number): boolean {
  const { along, log, hiddenToo, cursor } = useRuns.getState();
  const move = (by: number) => {
    const steps = (reach / 100) * (shiftKey ? 10 : 1);
    const place = Math.min(Math.max((cursor ?? reach) + by * (along === 'step' ? Math.ceil(steps) : steps), 0), reach);
    showRuns({ cursor: place });
  };
  switch (key) {
    case 'ArrowLeft':
      move(-1);
      return true;
    case 'ArrowRight':
      move(1);
      return true;
    case 'l':
      showRuns({ log: !log });
      return true;
    case 'a':
      chooseAlong(along === 'step' ? 'minutes' : 'step');
      return true;
    case 'h':
      showRuns({ hiddenToo: !hiddenToo });
      return true;
    case 'Escape':
      showRuns({ cursor: null });
      return true;
    default:
      return false;
  }
}

function undo(event: KeyboardEvent): boolean {
  if (event.key !== 'z' || !(event.ctrlKey || event.metaKey) || event.shiftKey) return false;
  if (event.target instanceof HTMLElement && event.target.closest('input, textarea')) return false; // it undoes typing
  const last = useKeep.getState().leaving.at(-1);
  if (!last) return false;
  void takeBack(last.runId);
  return true;
}

export function useRunsKeys(reach: number): void {
  const listen = useCallback(
    (event: KeyboardEvent) => {
      if (undo(event) || (isPageKey(event) && press(event, reach))) event.preventDefault();
    },
    [reach],
  );
  useKeydown(listen);
}
