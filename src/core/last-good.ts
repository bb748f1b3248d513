// Which kept step of a run that broke is a good one to go on from. Weights that were spoilt by the steps before the break
// are finite, so the guard lets them pass and they may have been saved: the loss of the step that they were used in tells.

/** A loss above this multiple of the lowest level that the run had is no longer that of a sound run. */
const spoilt = 2;
/** Steps whose lower quartile is a level of the loss: neither one easy mask nor some spoilt steps move it. */
const level = 20;

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
