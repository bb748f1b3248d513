// How a clip is looked at: which pictures of it, of what, how many beside each other. What a link can say of it.

export const lookModes = ['errors', 'features'] as const;
export type LookMode = (typeof lookModes)[number];

export const quantities = ['error', 'skill'] as const;
export type Quantity = (typeof quantities)[number];

/** What skill is held against. */
export const baselines = ['mean', 'copy'] as const;
export type Baseline = (typeof baselines)[number];

export const featureKinds = ['pca', 'similarity', 'attention'] as const;
export type FeatureKind = (typeof featureKinds)[number];

/** Pictures beside each other: one, trained and random, or errors and features of both. */
export const paneCounts = [1, 2, 4] as const;
export type PaneCount = (typeof paneCounts)[number];

/** A picture: what it shows, and with which weights. */
export const paneIds = ['errors-current', 'errors-random', 'features-current', 'features-random'] as const;
export type PaneId = (typeof paneIds)[number];

/** Pictures that are shown, in their order. `swapped`: random weights stand first. */
export function shownPanes(mode: LookMode, count: PaneCount, swapped: boolean, largest: PaneId | null): PaneId[] {
  const pair = (of: LookMode): PaneId[] => {
    const both: PaneId[] = [`${of}-current`, `${of}-random`];
    return swapped ? both.reverse() : both;
  };
  const shown = count === 4 ? lookModes.flatMap(pair) : pair(mode).slice(0, count);
  return largest && shown.includes(largest) ? [largest] : shown;
}
