// Where the keyboard is when something opens or goes away.

import { useEffect, useState } from 'react';

/** Whether what had the focus is gone. */
export const focusIsLost = (): boolean => document.activeElement === document.body;

/**
 * For a press that may take its own row of a list away, at once or later: the same button of the row behind it then has the
 * focus, or of the one before it.
 */
export function focusNextRow(pressed: HTMLElement): void {
  const row = pressed.closest('li');
  const list = row?.parentElement;
  if (!row || !list) return;
  const place = [...row.querySelectorAll('button')].findIndex((button) => button === pressed);
  const next = row.nextElementSibling ?? row.previousElementSibling;
  const observer = new MutationObserver(() => {
    if (row.isConnected) return;
    observer.disconnect();
    if (focusIsLost()) next?.querySelectorAll('button')[place]?.focus();
  });
  observer.observe(list, { childList: true });
}

/** For a ref: whoever listens hears of what has just opened. The element needs a tabIndex. */
export const focusOnOpening = (element: HTMLElement | null): void => element?.focus();

/** When the component closes and its focus goes with it, what had the focus before has it again. */
export function useFocusBack(): void {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      if (focusIsLost() && before instanceof HTMLElement && before.isConnected) before.focus();
    },
    [before],
  );
}
