// What the page remembers on this device from one visit to the next, as JSON. Where storage is off or full, it lasts as long
// as the page.

import { isObject } from '../core/is-object.ts';

/** null: nothing is remembered, or nothing that can be read. */
export function remembered(place: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(`v-jepa-studio ${place}`) ?? 'null');
  } catch {
    return null;
  }
}

/** null forgets. */
export function remember(place: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(`v-jepa-studio ${place}`);
    else localStorage.setItem(`v-jepa-studio ${place}`, JSON.stringify(value));
  } catch {
    // storage is off or full
  }
}

/** The same for what has entries. */
export function rememberedEntries(place: string): Record<string, unknown> {
  const all = remembered(place);
  return isObject(all) ? all : {};
}
