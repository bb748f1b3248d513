// The page's keys and who listens to them. Single letters can be switched off (WCAG 2.1.4).

import { useCallback, useLayoutEffect } from 'react';
import { control, nextMask, requestMap, wake } from '../store/actions.ts';
import type { Screen } from '../store/screen.ts';
import { closeSlow, showStage, slowOf, takeSlowStep, useSlow } from '../store/slow.ts';
import { startRun, tellObstacle } from '../store/start.ts';
import { patch, sceneConfig, useStudio } from '../store/studio.ts';
import { jumpToField } from './jump-to-field.ts';

/** Whether a screen has a clip to play, and whether one sees its mask. */
export const hasStage = (screen: Screen): boolean => screen === 'look' || hasMask(screen);
const hasMask = (screen: Screen): boolean => screen === 'train' || screen === 'masks';

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
      if (!hasMask(s.screen)) return false;
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
      else if (s.run?.state !== 'preparing') {
        const obstacle = startRun();
        if (obstacle?.field) jumpToField(obstacle.field);
        else if (obstacle) tellObstacle(obstacle);
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
    case 'p':
      patch({ coarse: !s.coarse });
      return true;
    case 'w':
      patch({ whichMap: s.whichMap === 'latest' ? 'random' : 'latest' });
      return true;
    default:
      return false;
  }
}

/** A browser without popovers does not know the selector, and has none open. */
const isListOpen = (): boolean =>
  CSS.supports('selector(:popover-open)') && document.querySelector(':popover-open') !== null;

/** Whether a key is meant for the page, not for a field, a button, an open list or a dialog. */
export function isPageKey(event: KeyboardEvent): boolean {
  if (event.key === 'Escape' && isListOpen()) return false; // it closes that
  if (!useStudio.getState().keys || event.ctrlKey || event.metaKey || event.altKey) return false;
  const target = event.target as HTMLElement;
  if (target.closest('input:not([type=checkbox], [type=range]), select, textarea, dialog[open]')) return false;
  // arrow keys move a slider
  if (target.closest('input[type=range]') && event.key.startsWith('Arrow')) return false;
  // Space and Enter press the focused button, Space turns a box on
  return !(target.closest('button, summary, a, input[type=checkbox]') && (event.key === ' ' || event.key === 'Enter'));
}

/**
 * Hears every key of the page from the moment that what asks for it can be seen: an effect that waits for the first picture
 * would lose the keys before it. `listen` stays the same from one rendering to the next.
 */
export function useKeydown(listen: (event: KeyboardEvent) => void): void {
  useLayoutEffect(() => {
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, [listen]);
}

/** Listens for the keys above, except while somebody types or a dialog is open. */
export function useKeys(openSheet: () => void): void {
  const listen = useCallback(
    (event: KeyboardEvent) => {
      if (!isPageKey(event)) return;
      if (!press(event, openSheet)) return;
      event.preventDefault();
      if (event.key !== '?') wake();
    },
    [openSheet],
  );
  useKeydown(listen);
}
