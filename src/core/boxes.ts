// Boxes around bodies, and whether what was found is what is there: overlap, matching and average precision of detection.

import { averagePrecision, mean } from './measures.ts';

/** left, top, right, bottom; in shares of the frame unless told otherwise. Parts may lie outside of it. */
export type Box = readonly [number, number, number, number];

const area = ([x0, y0, x1, y1]: Box): number => Math.max(0, x1 - x0) * Math.max(0, y1 - y0);

/** Area of what both cover as a share of what either covers (intersection over union). */
export function overlap(a: Box, b: Box): number {
  const both = area([Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])]);
  const either = area(a) + area(b) - both;
  return either > 0 ? both / either : 0;
}

/** Something that was found, or is there, in picture number `picture`. */
export interface FoundBox {
  picture: number;
  box: Box;
  /** how sure the answer "yes" is, one per class */
  scores: ArrayLike<number>;
}

export interface TrueBox {
  picture: number;
  box: Box;
  /** 1 for the classes that it has; several may be true at once */
  classes: ArrayLike<number>;
}

/**
 * Which of the boxes are hits for a class (Pascal VOC): the surest first, each looks for the true box of its picture that
 * it overlaps most. A hit when that overlap reaches `least` and the true box was not hit before. `there` counts true boxes.
 */
export function matchBoxes(
  found: readonly FoundBox[],
  truth: readonly TrueBox[],
  ofClass: number,
  least: number,
): { hits: boolean[]; there: number } {
  const targets = truth.filter((t) => t.classes[ofClass]);
  const taken = new Set<TrueBox>();
  const hits = found.map(() => false);
  const order = found.map((_, i) => i).sort((a, b) => found[b].scores[ofClass] - found[a].scores[ofClass]);
  for (const i of order) {
    const { picture, box } = found[i];
    let nearest: TrueBox | null = null;
    let most = 0;
    for (const t of targets) {
      const share = t.picture === picture ? overlap(box, t.box) : 0;
      if (share > most) [nearest, most] = [t, share];
    }
    if (!nearest || most < least || taken.has(nearest)) continue;
    taken.add(nearest);
    hits[i] = true;
  }
  return { hits, there: targets.length };
}

/**
 * Average precision of every class at this overlap, null for classes that no true box has, and their mean. A true box that
 * nothing hits is one that recall never reaches.
 */
export function detectionPrecision(
  found: readonly FoundBox[],
  truth: readonly TrueBox[],
  classes: number,
  least = 0.5,
): { perClass: (number | null)[]; mean: number | null } {
  const perClass = Array.from({ length: classes }, (_, c) => {
    const { hits, there } = matchBoxes(found, truth, c, least);
    if (!there) return null;
    const precision = averagePrecision(
      found.map((f) => f.scores[c]),
      hits,
    );
    // recall counts from the hits there; with all true boxes in its denominator every step of it is that much shorter
    return precision === null ? 0 : (precision * hits.filter(Boolean).length) / there;
  });
  const known = perClass.filter((v) => v !== null);
  return { perClass, mean: known.length ? mean(known) : null };
}
