// Where the keyboard is when something opens or goes away.

import { useEffect, useState } from 'react';

/** Whether what had the focus is gone. */
export const focusIsLost = (): boolean => document.activeElement === document.body;

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
