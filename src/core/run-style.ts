// How a run is drawn wherever it appears: one of eight colours with one of four dashes, by a hash of its id. Where two would
// have the same colour the younger takes the next one that is least in use: no colour comes again with another dash before all
// are on the page. What is on the page keeps its own when a run is added.

import { makeKey } from './random.ts';

export const runColours = 8;
export const runDashes = 4;

/** Counted from 0. */
export interface RunStyle {
  colour: number;
  dash: number;
}

const styles = runColours * runDashes;

/** `before`: styles given already, which stay. Beyond 32 runs some look alike. */
export function runStyles(
  runIds: readonly string[],
  before: ReadonlyMap<string, RunStyle> = new Map(),
): Map<string, RunStyle> {
  const given = new Map<string, RunStyle>();
  const taken = new Set<number>();
  for (const id of runIds) {
    const style = before.get(id);
    if (!style) continue;
    given.set(id, style);
    taken.add(style.dash * runColours + style.colour);
  }
  // ids begin with the time at which they were made: the oldest choose first, whatever the order of the list
  for (const id of [...runIds].sort()) {
    if (given.has(id)) continue;
    let at = makeKey(0, id).a % styles;
    if (taken.size < styles) at = nextFree(at, taken);
    taken.add(at);
    given.set(id, { colour: at % runColours, dash: Math.floor(at / runColours) });
  }
  return given;
}

/** Another colour is seen sooner than another dash: the first style from `at` on whose colour the fewest have. */
function nextFree(at: number, taken: ReadonlySet<number>): number {
  const having = Array.from({ length: runColours }, () => 0);
  for (const style of taken) having[style % runColours]++;
  const fewest = Math.min(...having);
  while (taken.has(at) || having[at % runColours] > fewest) at = (at + 1) % styles;
  return at;
}
