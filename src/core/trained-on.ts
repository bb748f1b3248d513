// What a run was trained on, as one name: a run that is taken up on another adapter has had both.

const then = ', then ';

/** `before`: what trained it up to now; null or '' where nothing did. */
export const trainedOn = (before: string | null, now: string): string =>
  !before || lastAdapter(before) === now ? before || now : `${before}${then}${now}`;

/** The one that took its last steps. */
export const lastAdapter = (name: string): string => name.split(then).at(-1)!;
