// A change made to a stretch of a video to see whether prediction notices it.

export const provocationKinds = ['freeze', 'reverse', 'teleport', 'occlude', 'swap', 'splice'] as const;
export type ProvocationKind = (typeof provocationKinds)[number];

/** What is done to the frames [from, to) of a video. */
export type Provocation =
  /** freeze: the first of them stays; reverse: backwards; teleport: half the frame to the side, around the edge; occlude: a
   * grey box over the middle half; swap: they change places with as many frames behind them */
  | { kind: 'freeze' | 'reverse' | 'teleport' | 'occlude' | 'swap'; from: number; to: number }
  /** frames of another clip instead, from its first on */
  | { kind: 'splice'; from: number; to: number; clipId: string };

/** Frames at which a changed video goes over into what was changed, and back. */
export const edgesOf = ({ kind, from, to }: Provocation): number[] =>
  kind === 'swap' ? [from, to, 2 * to - from] : [from, to];

/** The last frame that is not as it was, counted from 0. */
const lastOf = (change: Provocation): number => (edgesOf(change).at(-1) ?? change.to) - 1;

/** Whether it lies within a video of so many frames. */
export const liesWithin = (change: Provocation, frames: number): boolean =>
  change.from < change.to && lastOf(change) < frames;

/** Whether any frame from `first` to `last`, both with it, is another one. */
export const changesAny = (change: Provocation, first: number, last: number): boolean =>
  change.from <= last && first <= lastOf(change);

/** "teleported, frames 151 to 200", counted from 1; what is swapped names both stretches. */
export function changedWords(change: Provocation): string {
  const { kind, from, to } = change;
  const with_ = kind === 'swap' ? ` with ${to + 1} to ${lastOf(change) + 1}` : '';
  return `${changedWord[kind]}, frames ${from + 1} to ${to}${with_}`;
}

/** For the name of a file: "teleport-151-200", counted from 1, all that changed. */
export const changedName = (change: Provocation): string => `${change.kind}-${change.from + 1}-${lastOf(change) + 1}`;

/** For a table, whose frames count from 0: "teleport 150 to 199", all that changed. */
export const changedColumn = (change: Provocation): string => `${change.kind} ${change.from} to ${lastOf(change)}`;

/** What was done to a stretch, in a word. */
const changedWord: Record<ProvocationKind, string> = {
  freeze: 'frozen',
  reverse: 'backwards',
  teleport: 'teleported',
  occlude: 'occluded',
  swap: 'swapped',
  splice: 'another film',
};
