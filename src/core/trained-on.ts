// What a run was trained on, as one name: a run that is taken up on another adapter has had both.

const then = ', then ';
const mostCharacters = 200;

/**
 * Each adapter once, in the order of the last steps that it took. `before`: what trained it up to now; null or '' where nothing did.
 */
export const trainedOn = (before: string | null, now: string): string =>
  shortened([...(before ? before.split(then) : []).filter((name) => name !== now), ...(now ? [now] : [])].join(then));

/** A name that is too long without the adapters that are longest ago. */
export function shortened(name: string): string {
  let names = name.split(then);
  while (names.length > 1 && names.join(then).length > mostCharacters) names = names.slice(1);
  return names.join(then).slice(0, mostCharacters);
}

/** The one that took its last steps. */
export const lastAdapter = (name: string): string => name.split(then).at(-1)!;
