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
  // heads of groups stand among the rows, with buttons of their own
  const alike = (one: Element) => one.classList[0] === row.classList[0] && one.querySelector('button');
  const rows = [...list.children].filter((one) => one === row || alike(one));
  const at = rows.indexOf(row);
  const next = rows[at + 1] ?? rows[at - 1];
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

const focusable =
  'button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea, summary, a[href], [tabindex]';
/** What may be given the focus unasked: in a field the keys of the page would write. */
const given = 'button:not(:disabled), summary, a[href]';
/** Where all of the page is what is left: the button that turns the lesson, or the name of the open screen. */
const openParts = ['[data-testid="lesson-next"]:not(:disabled)', '.screens [aria-current]'];
/** Milliseconds in which whoever knows better where the focus belongs may take it. */
const patience = 50;

/**
 * Keeps the keyboard where it was: when what has the focus goes away or is disabled and nobody else takes the focus, the first
 * button of the nearest part of the page that is still there has it. Returns how to end that.
 */
export function holdFocus(): () => void {
  let held: Element[] = []; // what had the focus, and what it was in, from the inside out
  let timer: ReturnType<typeof setTimeout> | undefined;
  const usable = (e: Element) => e.isConnected && e.matches(focusable);
  const follow = ({ target }: FocusEvent) => {
    held = [];
    // a dialog gives the focus back by itself
    if (!(target instanceof Element) || target.closest('dialog')) return;
    for (let e: Element | null = target; e && e !== document.body; e = e.parentElement) held.push(e);
  };
  // who presses beside everything wants no focus
  const leave = () => queueMicrotask(() => focusIsLost() && held[0] && usable(held[0]) && (held = []));
  const restore = () => {
    const [had, ...around] = held;
    if (!had || !focusIsLost() || usable(had)) return;
    const home = around.find((e) => e.isConnected && e.querySelector(given));
    const open = openParts.map((part) => home?.querySelector<HTMLElement>(part)).find((part) => part);
    (open ?? home?.querySelector<HTMLElement>(given))?.focus({ preventScroll: true });
  };
  const observer = new MutationObserver(() => {
    if (!held[0] || !focusIsLost() || usable(held[0])) return;
    clearTimeout(timer);
    timer = setTimeout(restore, patience);
  });
  document.addEventListener('focusin', follow);
  document.addEventListener('focusout', leave);
  observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ['disabled'] });
  return () => {
    document.removeEventListener('focusin', follow);
    document.removeEventListener('focusout', leave);
    observer.disconnect();
    clearTimeout(timer);
  };
}
