// What the page remembers on this device from one visit to the next, as JSON. Where storage is off or full, it lasts as long
// as the page.

import { isObject } from '../core/is-object.ts';

/** Where it is remembered: on this device, or in this tab alone, over reloads. Asked late, for it throws where storage is off. */
type Where = () => Storage;
const device: Where = () => localStorage;
export const tab: Where = () => sessionStorage;

/** null: nothing is remembered, or nothing that can be read. */
export function remembered(place: string, where = device): unknown {
  try {
    return JSON.parse(where().getItem(`v-jepa-studio ${place}`) ?? 'null');
  } catch {
    return null;
  }
}

/** null forgets. Whether it will be remembered. */
export function remember(place: string, value: unknown, where = device): boolean {
  try {
    if (value === null) where().removeItem(`v-jepa-studio ${place}`);
    else where().setItem(`v-jepa-studio ${place}`, JSON.stringify(value));
    return true;
  } catch {
    return false; // storage is off or full
  }
}

/** The same for what has entries. */
export function rememberedEntries(place: string): Record<string, unknown> {
  const all = remembered(place);
  return isObject(all) ? all : {};
}
