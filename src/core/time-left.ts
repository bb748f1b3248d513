// How long work will still take that goes on evenly.

/**
 * Tells the seconds left at every report of what is done, from the second one on: the first is the beginning, since kernels
 * are compiled before it. Null until then.
 */
export function evenPace(now: () => number = () => performance.now()): (done: number, total: number) => number | null {
  let began: { done: number; at: number } | null = null;
  return (done, total) => {
    if (!total) return null;
    began ??= { done, at: now() };
    return done > began.done ? (((now() - began.at) / 1000) * (total - done)) / (done - began.done) : null;
  };
}
