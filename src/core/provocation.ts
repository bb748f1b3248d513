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

/** What was done to a stretch, in a word. */
export const changedWord: Record<ProvocationKind, string> = {
  freeze: 'frozen',
  reverse: 'backwards',
  teleport: 'teleported',
  occlude: 'occluded',
  swap: 'swapped',
  splice: 'another film',
};
