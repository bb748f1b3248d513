// Which clips a run is checked with, and which labels it is asked for.

import { firstAsked } from '../core/drawn-look.ts';
import type { RunConfig } from '../core/config.ts';
import { checkSizes, fewestOfClass } from '../core/health-sizes.ts';
import { makeKey, permutation } from '../core/random.ts';
import type { ClipFrameSource } from './clips.ts';
import type { HeldOut } from './health.ts';

/** What the drawn clips are asked for: four shapes and eight directions, of still and of moving features. */
export const drawnAxes = ['shape', 'direction'] as const;

export interface LabelledSource {
  source: ClipFrameSource;
  labels: Record<string, string>;
}

/** Drawn clips that no pre-training reaches, of the run's own look. `drawn` gives clip `index`. */
export function drawnHeldOut(config: RunConfig, drawn: (index: number) => LabelledSource): HeldOut {
  const { clips, probed } = checkSizes(config);
  const labelled = Array.from({ length: probed }, (_, i) => drawn(firstAsked + clips + i));
  return {
    clips: Array.from({ length: clips }, (_, i) => drawn(firstAsked + i).source),
    labelled,
    axes: probed ? drawnAxes : [],
  };
}

/**
 * Of the user's videos: the run's own clips, chosen by its seed, as there are no others. It has never seen their labels,
 * so the probes are honest; its errors are those of clips that it trains on. Null of fewer than two clips.
 */
export function ownHeldOut(config: RunConfig, sources: readonly LabelledSource[]): HeldOut | null {
  if (sources.length < 2) return null;
  const { clips, probed, together } = checkSizes(config);
  const order = [...permutation(makeKey(config.seed, 'health clips'), 0, sources.length)].map((i) => sources[i]);
  // few videos are taken several times over, so that a batch is full
  const chosen = Array.from(
    { length: Math.max(together, Math.min(clips, whole(order.length, together))) },
    (_, i) => order[i % order.length].source,
  );
  // the context of a clip is swapped for that of the one behind it, of the last for that of the first: never its own
  if (chosen.at(-1) === chosen[0]) chosen[chosen.length - 1] = order[1].source;
  const labelled = fromFolders(order, probed);
  return { clips: chosen, labelled, axes: labelled.length ? ['folder'] : [] };
}

/** At most so many clips of folders that hold a clip for every fold each, as even as they go; none of fewer than two folders. */
function fromFolders(order: readonly LabelledSource[], most: number): LabelledSource[] {
  const folders = new Map<string, LabelledSource[]>();
  for (const one of order)
    if ('folder' in one.labels) {
      const { folder } = one.labels;
      folders.set(folder, [...(folders.get(folder) ?? []), one]);
    }
  const asked = [...folders.values()]
    .filter((clips) => clips.length >= fewestOfClass)
    .slice(0, Math.floor(most / fewestOfClass));
  if (asked.length < 2) return [];
  const rounds = Math.max(...asked.map((clips) => clips.length));
  return Array.from({ length: rounds }, (_, i) => asked.flatMap((clips) => clips.slice(i, i + 1)))
    .flat()
    .slice(0, most);
}

const whole = (n: number, of: number): number => n - (n % of);
