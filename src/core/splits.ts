// Which labelled clips are trained on, which choose, which test. Every class is cut in the same shares, a group (a person,
// a source) is never torn apart, and who goes where is a function of the ids and the seed: neither the order in which
// clips come in nor another class changes it.

import { StudioError } from './errors.ts';
import { makeKey, permutation } from './random.ts';
import { splitWarnings } from './split-warnings.ts';

export interface SplitItem {
  /** told apart by it; no two alike */
  id: string;
  label: string;
  /** clips with the same group stay together; null: the clip stands alone */
  group: string | null;
  /** copies of one file stay together: no probe is tested on what it learned from */
  file?: string;
}

/** Shares of all clips; the rest is the test. */
export interface SplitShares {
  train: number;
  validation: number;
}

/** Indices into the items, in the order of their ids. */
export interface Split {
  train: number[];
  validation: number[];
  test: number[];
  /** ascending */
  classes: string[];
  /** clips of every class: training, validation, test */
  counts: [number, number, number][];
  /** a sentence each */
  warnings: string[];
}

export function splitItems(items: readonly SplitItem[], shares: SplitShares, seed: number): Split {
  const wanted = checkShares(shares);
  const order = orderById(items);
  const classes = [...new Set(items.map((item) => item.label))].sort();
  const classOf = new Map(classes.map((label, c) => [label, c]));
  const labels = items.map((item) => classOf.get(item.label) ?? 0);
  const members = classes.map((): number[] => []);
  const first = firstOfFiles(items, order);
  const grouped = items.some((item) => item.group !== null);
  // without groups the first of a file is placed, and its copies go where it is: nobody else is moved by them
  for (const i of order) if (grouped || first[i] === i) members[labels[i]].push(i);
  const names = grouped ? joined(items, first) : [];
  const partOf = grouped
    ? placeGroups(names, order, labels, members, wanted, seed)
    : placeItems(members, classes, wanted, seed);
  if (!grouped) for (const i of order) partOf[i] = partOf[first[i]];

  const counts = classes.map((): [number, number, number] => [0, 0, 0]);
  const parts: [number[], number[], number[]] = [[], [], []];
  for (const i of order) {
    parts[partOf[i]].push(i);
    counts[labels[i]][partOf[i]]++;
  }
  const [train, validation, test] = parts;
  const groups = grouped ? new Set(names).size : null;
  return { train, validation, test, classes, counts, warnings: splitWarnings(classes, counts, wanted, groups) };
}

/**
 * Few labels: of every class this share of its training clips, one at least. Draws 0, 1, 2 … of a seed have no clip in
 * common for as long as the class has enough of them, then they are drawn anew. `labels` is indexed as `train` counts.
 */
export function fewLabels(
  train: readonly number[],
  labels: ArrayLike<string | number>,
  share: number,
  draw: number,
  seed: number,
): number[] {
  if (!(share > 0 && share <= 1))
    throw new StudioError('config', `the share of labels is ${share}`, 'Choose a share above 0 and at most 1.');
  const members = new Map<string, number[]>();
  for (const i of train) {
    const label = String(labels[i]);
    const found = members.get(label);
    if (found) found.push(i);
    else members.set(label, [i]);
  }
  const classes = [...members.keys()].sort();
  const sizes = classes.map((label) => members.get(label)?.length ?? 0);
  const take = roundTogether(sizes.map((n) => n * share)).map((n) => Math.max(1, n));
  const chosen = new Set<number>();
  classes.forEach((label, c) => {
    const clips = members.get(label) ?? [];
    const draws = Math.floor(clips.length / take[c]);
    const shuffled = permutation(makeKey(seed, `few labels ${label}`), Math.floor(draw / draws), clips.length);
    const first = (draw % draws) * take[c];
    for (let k = first; k < first + take[c]; k++) chosen.add(clips[shuffled[k]]);
  });
  return train.filter((i) => chosen.has(i));
}

function checkShares({ train, validation }: SplitShares): [number, number, number] {
  const test = 1 - train - validation;
  if (!(train > 0 && validation >= 0 && test > -1e-9))
    throw new StudioError(
      'config',
      `the split takes ${train} for training and ${validation} for validation, which leaves ${test.toFixed(2)} for the test`,
      'Choose shares whose sum is at most 1, and more than 0 for training.',
    );
  return [train, validation, test < 1e-9 ? 0 : test];
}

/** Indices by ascending id, by code units: the same in every language. */
function orderById(items: readonly SplitItem[]): number[] {
  const order = items.map((_, i) => i).sort((a, b) => (items[a].id < items[b].id ? -1 : 1));
  const twice = order.findIndex((i, k) => k > 0 && items[i].id === items[order[k - 1]].id);
  if (twice > 0)
    throw new StudioError(
      'config',
      `the clip ${items[order[twice]].id} is in the list twice`,
      'Remove one, or it may end up in training and test alike.',
    );
  return order;
}

/** Integers with the rounded sum of the numbers, each less than 1 away from its own (largest remainder). */
function roundTogether(numbers: readonly number[]): number[] {
  const whole = numbers.map((n) => Math.floor(n + 1e-9));
  const missing = Math.round(numbers.reduce((a, b) => a + b, 0)) - whole.reduce((a, b) => a + b, 0);
  const byRemainder = numbers.map((_, i) => i).sort((a, b) => numbers[b] - whole[b] - (numbers[a] - whole[a]) || a - b);
  for (const i of byRemainder.slice(0, missing)) whole[i]++;
  return whole;
}

/** Part of every item: each class by largest remainder; what it owes a part, the next class with a like remainder pays. */
function placeItems(members: number[][], classes: string[], wanted: readonly number[], seed: number): number[] {
  const partOf: number[] = [];
  const owed = [0, 0, 0];
  members.forEach((clips, c) => {
    const quota = wanted.map((share) => share * clips.length);
    const take = quota.map((q) => Math.floor(q + 1e-9));
    const left = clips.length - take.reduce((a, b) => a + b, 0);
    const remainder = quota.map((q, p) => Math.max(0, q - take[p]));
    const first = [0, 1, 2].sort((a, b) =>
      Math.abs(remainder[a] - remainder[b]) > 1e-9 ? remainder[b] - remainder[a] : owed[b] - owed[a] || a - b,
    );
    for (const p of first.slice(0, left)) take[p]++;
    const shuffled = permutation(makeKey(seed, `split ${classes[c]}`), 0, clips.length);
    let at = 0;
    take.forEach((n, p) => {
      owed[p] += quota[p] - n;
      for (let k = 0; k < n; k++) partOf[clips[shuffled[at++]]] = p;
    });
  });
  return partOf;
}

/** The item of the smallest id that is the same file; itself where there is no other. */
function firstOfFiles(items: readonly SplitItem[], order: readonly number[]): number[] {
  const firsts = new Map<string, number>();
  const first: number[] = [];
  for (const i of order) {
    const { file } = items[i];
    if (file !== undefined && !firsts.has(file)) firsts.set(file, i);
    first[i] = file === undefined ? i : firsts.get(file)!;
  }
  return first;
}

/** What each item stays together with, by a name: groups that have copies of one file are one. Who has no group stands alone. */
function joined(items: readonly SplitItem[], first: readonly number[]): string[] {
  const above = new Map<string, string>();
  const rootOf = (name: string): string => {
    const next = above.get(name);
    return next === undefined || next === name ? name : rootOf(next);
  };
  const nameOf = ({ group }: SplitItem, i: number) => (group === null ? `file ${first[i]}` : `group ${group}`);
  items.forEach((item, i) => {
    const [one, other] = [rootOf(nameOf(item, i)), rootOf(`file ${first[i]}`)];
    if (one !== other) above.set(other, one);
  });
  return items.map((item, i) => rootOf(nameOf(item, i)));
}

/**
 * Part of every item, groups whole: the largest group first, each to where it brings the counts of all classes nearest to
 * what they should be (squares, a class weighs alike however many clips it has); then single groups move while that helps. Of
 * two groups and more one is always for the test and one to learn from.
 */
function placeGroups(
  names: readonly string[],
  order: readonly number[],
  labels: readonly number[],
  members: number[][],
  wanted: readonly number[],
  seed: number,
): number[] {
  const groups = new Map<string, number[]>();
  for (const i of order) {
    const found = groups.get(names[i]);
    if (found) found.push(i);
    else groups.set(names[i], [i]);
  }
  const lists = [...groups.values()];
  const shuffled = permutation(makeKey(seed, 'split groups'), 0, lists.length);
  const inOrder = Array.from(shuffled, (g) => lists[g]).sort((a, b) => b.length - a.length);
  const contents = inOrder.map((clips) => {
    const count = new Map<number, number>();
    for (const i of clips) count.set(labels[i], (count.get(labels[i]) ?? 0) + 1);
    return [...count];
  });
  // how far every class is above what each part should hold of it; at first all of it is missing
  const above = members.map((clips) => wanted.map((share) => -share * clips.length));
  const open = [0, 1, 2].filter((p) => wanted[p] > 0);
  /** what the sum of squares gains when the group joins the part */
  const price = (group: number, p: number) =>
    contents[group].reduce((sum, [c, n]) => sum + (n * (2 * above[c][p] + n)) / members[c].length, 0);
  const add = (group: number, p: number, sign: 1 | -1) => {
    for (const [c, n] of contents[group]) above[c][p] += sign * n;
  };
  const cheapest = (group: number) =>
    open.reduce((best, p) => (price(group, p) < price(group, best) - 1e-9 ? p : best), open[0]);
  const place = contents.map((_, group) => {
    const p = cheapest(group);
    add(group, p, 1);
    return p;
  });
  // the sum falls with every move, so this ends; the bound keeps thousands of groups quick
  let moved = true;
  for (let pass = 0; moved && pass < 20; pass++) {
    moved = false;
    contents.forEach((_, group) => {
      add(group, place[group], -1);
      const p = cheapest(group);
      if (price(group, p) < price(group, place[group]) - 1e-9) {
        place[group] = p;
        moved = true;
      }
      add(group, place[group], 1);
    });
  }
  // without a clip to test with, or to learn from, nothing can be asked; without one to choose by, it can
  for (const p of [2, 0]) {
    if (wanted[p] === 0 || place.includes(p)) continue;
    const spare = place.flatMap((from, group) =>
      from === 1 || place.filter((other) => other === from).length > 1 ? [group] : [],
    );
    const cost = (group: number) => {
      add(group, place[group], -1);
      const more = price(group, p) - price(group, place[group]);
      add(group, place[group], 1);
      return more;
    };
    if (!spare.length) continue;
    const group = spare.reduce((best, other) => (cost(other) < cost(best) - 1e-9 ? other : best));
    add(group, place[group], -1);
    place[group] = p;
    add(group, p, 1);
  }
  const partOf: number[] = [];
  inOrder.forEach((clips, group) => {
    for (const i of clips) partOf[i] = place[group];
  });
  return partOf;
}
