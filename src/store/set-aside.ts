// Runs that the user has stopped or said "not now" to: the page does not offer them again of itself.

import { remember, remembered } from './remembered.ts';

const place = 'set aside';

/** Runs that are remembered at most, the newest. */
const most = 200;

/** Ids, each with the step that the run had. */
type Aside = [runId: string, step: number];

const isAside = (v: unknown): v is Aside =>
  Array.isArray(v) && v.length === 2 && typeof v[0] === 'string' && typeof v[1] === 'number';

function all(): Aside[] {
  const found = remembered(place);
  return Array.isArray(found) ? found.filter(isAside) : [];
}

/** Whether it was set aside with what is kept of it; of one that went before it was saved, less is kept. */
export const isSetAside = (runId: string, step: number): boolean =>
  all().some(([id, aside]) => id === runId && step >= aside);

export const setAside = (runId: string, step: number): void =>
  void remember(place, [[runId, step], ...all().filter(([id]) => id !== runId)].slice(0, most));

/** It is gone on with. */
export function takeBackUp(runId: string): void {
  const left = all().filter(([id]) => id !== runId);
  remember(place, left.length ? left : null);
}
