// Which kept step of a run that broke is a good one to go on from. Weights that were spoilt by the steps before the break
// are finite, so the guard lets them pass and they may have been saved: the loss of the step that they were used in tells.

/** A loss above this multiple of the lowest level that the run had is no longer that of a sound run. */
const spoilt = 2;
/** Steps whose lower quartile is a level of the loss: neither one easy mask nor some spoilt steps move it. */
const level = 20;

/** Steps at the beginning and at the end of a run that are held against each other. */
const ends = 10;
/** A loss above this multiple of the first ones is worse than knowing nothing. */
const away = 2;

/**
 * Whether a run that goes on has run away: its newest losses lie far above its first ones, which random weights gave. No
 * collapse does that, and no targets that grow richer: the predictions themselves have become too large. Null where it has
 * not; else the two levels. `rows` ascending by step, of a long run not of every step.
 */
export function ranAway(rows: readonly { loss: number }[]): { first: number; now: number } | null {
  if (rows.length < 2 * ends) return null;
  const [first, now] = [rows.slice(0, ends), rows.slice(-ends)].map((some) =>
    lowestLevel(some.map(({ loss }) => loss)),
  );
  return now > away * first ? { first, now } : null;
}

/** Lowest level of `level` losses in a row; of all of them while there are fewer. */
function lowestLevel(losses: readonly number[]): number {
  const width = Math.min(level, losses.length);
  let lowest = Infinity;
  for (let end = width; end <= losses.length; end++)
    lowest = Math.min(lowest, losses.slice(end - width, end).sort((a, b) => a - b)[(width - 1) >> 2]);
  return lowest;
}

/**
 * Whether the weights after `step` steps are good to go on from: they were not what broke, and the loss that they gave is
 * near what the run had before. `rows` ascending, of every step that told its loss; the step behind the last one broke.
 */
export function isGood(step: number, rows: readonly { step: number; loss: number }[]): boolean {
  const used = rows.find((row) => row.step >= step);
  if (!used) return false;
  const before = rows.filter((row) => row.step < step).map(({ loss }) => loss);
  return !before.length || used.loss <= spoilt * lowestLevel(before);
}
