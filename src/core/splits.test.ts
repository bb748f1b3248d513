import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StudioError } from './errors.ts';
import { fewLabels, type Split, type SplitItem, splitItems } from './splits.ts';

/** n clips of every class, each alone. */
const alone = (sizes: Record<string, number>): SplitItem[] =>
  Object.entries(sizes).flatMap(([label, n]) =>
    Array.from({ length: n }, (_, i) => ({ id: `${label} ${i}`, label, group: null })),
  );
const shares = { train: 0.6, validation: 0.2 };
const partsOf = (s: Split) => [s.train, s.validation, s.test];

/** Clips of up to five classes, with or without groups. */
const anyItems = (grouped: boolean) =>
  fc
    .array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 7 })), { minLength: 1, maxLength: 60 })
    .map((rows) =>
      rows.map(([c, g], i): SplitItem => ({
        id: `clip ${i}`,
        label: `class ${c}`,
        group: grouped ? `who ${g}` : null,
      })),
    );
const anyShares = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 4 }))
  .filter(([t, v]) => t + v <= 10)
  .map(([t, v]) => ({ train: t / 10, validation: v / 10 }));

describe('split', () => {
  test('every class is cut in the same shares', () => {
    const s = splitItems(alone({ jump: 10, run: 20 }), shares, 1);
    expect(s.classes).toEqual(['jump', 'run']);
    expect(s.counts).toEqual([
      [6, 2, 2],
      [12, 4, 4],
    ]);
  });

  test('largest remainder: 7 clips in halves and quarters', () => {
    // 3.5, 1.75 and 1.75: 3, 1 and 1, and the two left over go to the remainders of 0.75
    expect(splitItems(alone({ a: 7 }), { train: 0.5, validation: 0.25 }, 0).counts).toEqual([[3, 2, 2]]);
    // equal remainders take turns, so that four clips in two classes of 2 do not all go one way: 1.0, 0.5, 0.5
    const two = splitItems(alone({ a: 2, b: 2 }), { train: 0.5, validation: 0.25 }, 0);
    expect([two.train.length, two.validation.length, two.test.length]).toEqual([2, 1, 1]);
  });

  test('nothing is lost, nothing is in two parts, every class is less than a clip off', () => {
    fc.assert(
      fc.property(anyItems(false), anyShares, fc.integer(), (items, given, seed) => {
        const s = splitItems(items, given, seed);
        expect(
          partsOf(s)
            .flat()
            .sort((a, b) => a - b),
        ).toEqual(items.map((_, i) => i));
        const wanted = [given.train, given.validation, 1 - given.train - given.validation];
        for (const count of s.counts) {
          const n = count[0] + count[1] + count[2];
          count.forEach((have, p) => expect(Math.abs(have - wanted[p] * n)).toBeLessThan(1 + 1e-9));
        }
      }),
    );
  });

  test('the order in which clips come in changes nothing, the seed does', () => {
    const idsOf = (items: SplitItem[], s: Split) => partsOf(s).map((part) => part.map((i) => items[i].id));
    fc.assert(
      fc.property(fc.boolean(), fc.integer({ min: 0 }), fc.infiniteStream(fc.nat()), (grouped, seed, ranks) => {
        const items = fc.sample(anyItems(grouped), { numRuns: 1, seed })[0];
        const mixed = items
          .map((item) => ({ item, rank: ranks.next().value ?? 0 }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ item }) => item);
        expect(idsOf(mixed, splitItems(mixed, shares, seed))).toEqual(idsOf(items, splitItems(items, shares, seed)));
      }),
    );
    const many = alone({ a: 50, b: 50 });
    expect(splitItems(many, shares, 1).test).not.toEqual(splitItems(many, shares, 2).test);
  });

  test('another class leaves a class as it was', () => {
    const few = alone({ b: 30 });
    const more = alone({ a: 7, b: 30 });
    const names = (items: SplitItem[]) =>
      splitItems(items, shares, 3)
        .test.map((i) => items[i])
        .filter((item) => item.label === 'b')
        .map((item) => item.id);
    expect(names(more)).toEqual(names(few));
  });

  test('groups are never torn apart', () => {
    fc.assert(
      fc.property(anyItems(true), anyShares, fc.integer(), (items, given, seed) => {
        const s = splitItems(items, given, seed);
        expect(partsOf(s).flat().length).toBe(items.length);
        const where = new Map<string | null, number>();
        partsOf(s).forEach((part, p) => {
          for (const i of part) expect(where.get(items[i].group) ?? p).toBe(p);
          for (const i of part) where.set(items[i].group, p);
        });
      }),
    );
  });

  test('of two groups and more one is for the test and one to learn from, whatever the shares', () => {
    const grouped = (sizes: number[]): SplitItem[] =>
      sizes.flatMap((n, g) =>
        Array.from({ length: n }, (_, i) => ({ id: `${g} ${i}`, label: i % 2 ? 'a' : 'b', group: `who ${g}` })),
      );
    for (let seed = 0; seed < 6; seed++) {
      const lengths = (sizes: number[], given = shares) =>
        partsOf(splitItems(grouped(sizes), given, seed)).map((p) => p.length);
      expect(lengths([20, 20])).toEqual([20, 0, 20]);
      expect(lengths([10, 10, 10])).toEqual([20, 0, 10]);
      expect(lengths([12, 10, 8])).toEqual([12, 8, 10]);
      expect(lengths([30, 10])).toEqual([30, 0, 10]);
      expect(lengths([20, 20], { train: 0.7, validation: 0.15 })).toEqual([20, 0, 20]);
    }
    const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(sizes, anyShares, fc.integer(), (given, wanted, seed) => {
        const s = splitItems(grouped(given), wanted, seed);
        expect(s.train.length).toBeGreaterThan(0);
        if (wanted.train + wanted.validation < 1) expect(s.test.length).toBeGreaterThan(0);
      }),
    );
  });

  test('groups that can be balanced are', () => {
    // ten people, each doing both things twice: 6, 2 and 2 people are exact
    const items = Array.from({ length: 40 }, (_, i) => ({
      id: `${i}`,
      label: i % 2 ? 'run' : 'jump',
      group: `person ${Math.floor(i / 4)}`,
    }));
    for (let seed = 0; seed < 20; seed++) {
      const s = splitItems(items, shares, seed);
      expect(s.counts).toEqual([
        [12, 4, 4],
        [12, 4, 4],
      ]);
    }
  });

  test('a part that should be empty stays empty', () => {
    const items = alone({ a: 9, b: 9 }).map((item, i) => ({ ...item, group: `g${i % 6}` }));
    for (const given of [items, alone({ a: 9, b: 9 })])
      expect(splitItems(given, { train: 0.5, validation: 0 }, 4).validation).toEqual([]);
  });

  test('shares that cannot be and clips that are there twice are refused', () => {
    expect(() => splitItems(alone({ a: 3 }), { train: 0.8, validation: 0.4 }, 0)).toThrow(/leaves -0.20 for the test/);
    expect(() => splitItems(alone({ a: 3 }), { train: 0, validation: 0.4 }, 0)).toThrow(StudioError);
    expect(() => splitItems([...alone({ a: 3 }), ...alone({ a: 1 })], shares, 0)).toThrow(
      /clip a 0 is in the list twice/,
    );
  });
});

describe('warnings of a split', () => {
  const warningsOf = (items: SplitItem[], given = shares) => splitItems(items, given, 0).warnings;

  test('none when all is well', () => expect(warningsOf(alone({ a: 25, b: 30 }))).toEqual([]));

  test('too few test clips, with names and counts', () => {
    expect(warningsOf(alone({ a: 25, b: 10 }))).toEqual([
      'Class “b” (2) has fewer than 5 test clips, too few to mean anything for that class. Add clips or give the test a larger share.',
    ]);
    const many = warningsOf(alone(Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`c${i}`, 10]))));
    expect(many).toHaveLength(1);
    expect(many[0]).toContain('“c3” (2) and 4 more have fewer than 5');
  });

  test('no training clips, one class, nothing at all', () => {
    expect(warningsOf(alone({ a: 50, b: 1 }), { train: 0.1, validation: 0.1 })).toContain(
      'Class “b” has 0 training clips, at least 1 is needed to be ever answered. Add clips or give training a larger share.',
    );
    expect(warningsOf(alone({ a: 50 }))[0]).toMatch(/All clips are of the class “a”, and 1 class .* 2 are needed/);
    expect(warningsOf([])).toEqual(['There are no labelled clips. Add clips that carry this label.']);
  });

  test('one group for all: no test, and it is said', () => {
    const warnings = warningsOf(alone({ a: 20, b: 20 }).map((item) => ({ ...item, group: 'one camera' })));
    expect(warnings.some((w) => w.startsWith('No clip is left for the test, which should have 20 % of 40.'))).toBe(
      true,
    );
  });

  test('an uneven split names class, part and shares', () => {
    // of 20 clips of "a" one person has 18: 90 % instead of 60 %
    const items = alone({ a: 20, b: 20 }).map((item, i) => ({ ...item, group: i < 18 ? 'Ada' : `p${i}` }));
    expect(warningsOf(items).find((w) => w.includes('uneven'))).toBe(
      'Groups stay together, so the split is uneven. Training has 18 of 20 clips of “a” (90 % instead of 60 %). Add smaller groups, or read the numbers of this class with care.',
    );
  });
});

describe('few labels', () => {
  const labels = Array.from({ length: 120 }, (_, i) => (i < 100 ? 'many' : 'few'));
  const train = labels.map((_, i) => i).filter((i) => i % 6 !== 0);

  test('the share of every class, one at least', () => {
    // 83 of "many" and 17 of "few"
    const count = (share: number) => {
      const chosen = fewLabels(train, labels, share, 0, 1);
      return [chosen.length, chosen.filter((i) => labels[i] === 'few').length];
    };
    expect(count(0.1)).toEqual([10, 2]);
    expect(count(0.5)).toEqual([50, 9]);
    expect(count(0.01)).toEqual([2, 1]);
    expect(fewLabels(train, labels, 1, 3, 1)).toEqual(train);
  });

  test('draws are reproducible, and disjoint while there are enough clips', () => {
    const draws = [0, 1, 2].map((draw) => fewLabels(train, labels, 0.1, draw, 7));
    expect(fewLabels(train, labels, 0.1, 1, 7)).toEqual(draws[1]);
    expect(new Set(draws.flat()).size).toBe(30);
    // three halves cannot be disjoint, but must not be the same either
    const halves = [0, 1, 2].map((draw) => fewLabels(train, labels, 0.5, draw, 7).join());
    expect(new Set(halves).size).toBe(3);
  });

  test('of any classes: a subset with every class', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 80 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.nat(9),
        (classes, share, draw) => {
          const all = classes.map((_, i) => i);
          const chosen = fewLabels(all, classes, share, draw, 5);
          expect(chosen.every((i, k) => k === 0 || i > chosen[k - 1])).toBe(true);
          expect(new Set(chosen.map((i) => classes[i]))).toEqual(new Set(classes));
          for (const c of new Set(classes)) {
            const n = classes.filter((x) => x === c).length;
            const got = chosen.filter((i) => classes[i] === c).length;
            if (got > 1) expect(Math.abs(got - share * n)).toBeLessThan(1 + 1e-9);
          }
        },
      ),
    );
  });

  test('a share that cannot be is refused', () => {
    for (const share of [0, -1, 1.2, NaN])
      expect(() => fewLabels(train, labels, share, 0, 0)).toThrow(/share of labels/);
  });
});

describe('copies of one file', () => {
  const shares = { train: 0.5, validation: 0.2 };
  const item = (id: string, label: string, file?: string, group: string | null = null): SplitItem => ({
    id,
    label,
    group,
    ...(file && { file }),
  });
  const classOf = (label: string, n: number) =>
    Array.from({ length: n }, (_, i) => item(`${label}${10 + i}`, label, `${label}${i}`));
  const partsOf = (items: readonly SplitItem[], seed = 3) => {
    const { train, validation, test } = splitItems(items, shares, seed);
    return new Map([train, validation, test].flatMap((part, p) => part.map((i) => [items[i].id, p] as const)));
  };

  test('go where the first of them goes, and move nobody else', () => {
    const clips = [...classOf('a', 20), ...classOf('b', 30)];
    const before = partsOf(clips);
    for (let seed = 0; seed < 20; seed++) {
      const copies = [item('z1', 'a', 'b3'), item('z2', 'b', 'b3'), item('z3', 'a', 'a0')];
      const all = partsOf([...copies, ...clips], seed);
      expect([all.get('z1'), all.get('z2'), all.get('z3')]).toEqual([all.get('b13'), all.get('b13'), all.get('a10')]);
      if (seed === 3) for (const { id } of clips) expect(all.get(id), id).toBe(before.get(id));
    }
    expect(splitItems([...clips, item('z1', 'a', 'b3')], shares, 3).warnings).toEqual([]);
  });

  test('join the groups that have them, in whatever order they come', () => {
    const clips = Array.from({ length: 24 }, (_, i) => item(`c${10 + i}`, i % 2 ? 'a' : 'b', `f${i}`, `g${i % 8}`));
    const loose = [item('x1', 'a', 'f0'), item('x2', 'b', 'f1')]; // copies of clips of g0 and g1 without a group
    const torn = item('x3', 'a', 'f2', 'g5'); // of g5, and a copy of one of g2
    for (let seed = 0; seed < 20; seed++) {
      const all = [...clips, ...loose, torn];
      const parts = partsOf(all, seed);
      const side = (ids: string[]) => new Set(ids.map((id) => parts.get(id))).size;
      const of = (g: number) => clips.filter((c) => c.group === `g${g}`).map((c) => c.id);
      expect([side([...of(0), 'x1']), side([...of(1), 'x2']), side([...of(2), ...of(5), 'x3'])]).toEqual([1, 1, 1]);
      expect(partsOf(all.toReversed(), seed)).toEqual(parts);
    }
  });
});
