// The browser's small storage as a map, for one test.

import { vi } from 'vitest';

/** Stands in for localStorage until `vi.unstubAllGlobals`. What is in it is what the code under test wrote. */
export function stubStorage(): Map<string, string> {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (place: string) => kept.get(place) ?? null,
    setItem: (place: string, value: string) => void kept.set(place, value),
    removeItem: (place: string) => void kept.delete(place),
  });
  return kept;
}
