// What a split cannot give: a sentence for each kind of trouble, with the classes it is about, the count, the limit and
// what to do.

import { nameSome } from './numbered.ts';

/** Fewer test clips than this say next to nothing about a class: one clip more or less is 20 points and more. */
export const fewestTestClips = 5;

/** counts: clips of every class in training, validation, test; wanted: shares of the three; groups: how many, or null. */
export function splitWarnings(
  classes: readonly string[],
  counts: readonly [number, number, number][],
  wanted: readonly number[],
  groups: number | null,
): string[] {
  const warnings: string[] = [];
  if (classes.length === 0) return ['There are no labelled clips. Add clips that carry this label.'];
  if (classes.length === 1)
    warnings.push(
      `All clips are of the class ${quote(classes[0])}, and 1 class leaves nothing to tell apart, 2 are needed. Choose another label or add clips of another class.`,
    );
  const of = (p: number) => counts.map((c) => c[p]);
  const total = (p: number) => of(p).reduce((a, b) => a + b, 0);
  ['training', 'validation', 'test'].forEach((name, p) => {
    if (wanted[p] > 0 && total(p) === 0)
      warnings.push(
        `No clip is left for ${name === 'test' ? 'the test' : name}, which should have ${percent(wanted[p])} of ${total(0) + total(1) + total(2)}. ` +
          (groups === null ? 'Add clips or change the shares.' : 'Add clips of another group or change the shares.'),
      );
  });
  if (wanted[2] === 0) warnings.push('The shares leave 0 % for the test. Lower those of training and validation.');

  const untrained = classes.filter((_, c) => counts[c][0] === 0);
  if (untrained.length > 0 && total(0) > 0)
    warnings.push(
      `${naming(untrained.map(quote))} ${untrained.length === 1 ? 'has' : 'have'} 0 training clips, at least 1 is needed to be ever answered. Add clips or give training a larger share.`,
    );
  const few = classes.flatMap((label, c) =>
    counts[c][2] < fewestTestClips ? [`${quote(label)} (${counts[c][2]})`] : [],
  );
  if (few.length > 0 && total(2) > 0)
    warnings.push(
      `${naming(few)} ${few.length === 1 ? 'has' : 'have'} fewer than ${fewestTestClips} test clips, too few to mean anything for ${few.length === 1 ? 'that class' : 'those classes'}. Add clips or give the test a larger share.`,
    );
  if (groups !== null) warnings.push(...unevenness(classes, counts, wanted));
  return warnings;
}

/** The class that the groups have put farthest from its shares, when that is a clip or more and a tenth of the class. */
function unevenness(
  classes: readonly string[],
  counts: readonly [number, number, number][],
  wanted: readonly number[],
): string[] {
  let worst = { off: 0, label: '', part: 0, have: 0, all: 0 };
  counts.forEach((count, c) => {
    const all = count[0] + count[1] + count[2];
    count.forEach((have, part) => {
      const off = Math.abs(have - wanted[part] * all);
      if (off < 1 - 1e-9 || off / all <= Math.max(0.1, worst.off)) return;
      worst = { off: off / all, label: classes[c], part, have, all };
    });
  });
  if (worst.off === 0) return [];
  const part = ['Training', 'Validation', 'The test'][worst.part];
  return [
    `Groups stay together, so the split is uneven. ${part} has ${worst.have} of ${worst.all} clips of ${quote(worst.label)} (${percent(worst.have / worst.all)} instead of ${percent(wanted[worst.part])}). Add smaller groups, or read the numbers of this class with care.`,
  ];
}

const quote = (label: string): string => `“${label}”`;
const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Class “a”; classes “a”, “b” and 3 more. */
const naming = (names: readonly string[]): string => `${names.length === 1 ? 'Class' : 'Classes'} ${nameSome(names)}`;
