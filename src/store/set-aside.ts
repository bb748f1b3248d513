// Runs that the user has stopped or said "not now" to: the page does not offer them again of itself.

import { remember, remembered } from './remembered.ts';

const place = 'set aside';

/** Runs that are remembered at most, the newest. */
const most = 200;

function all(): string[] {
  const found = remembered(place);
  return Array.isArray(found) ? found.filter((id): id is string => typeof id === 'string') : [];
}

export const isSetAside = (runId: string): boolean => all().includes(runId);

export const setAside = (runId: string): void =>
  remember(place, [runId, ...all().filter((id) => id !== runId)].slice(0, most));

/** It is gone on with. */
export function takeBackUp(runId: string): void {
  const left = all().filter((id) => id !== runId);
  remember(place, left.length ? left : null);
}
