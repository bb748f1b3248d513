import { describe, expect, it } from 'vitest';
import { type Box, detectionPrecision, type FoundBox, matchBoxes, overlap, type TrueBox } from './boxes.ts';
import { averagePrecision, mean as meanOf } from './measures.ts';

/** 4 wide, 2 high */
const truth: Box = [0, 0, 4, 2];

describe('overlap', () => {
  it.each<[Box, number]>([
    [[0, 0, 4, 2], 1],
    [[2, 0, 6, 2], 4 / 12], // half of each
    [[1, 0, 5, 2], 6 / 10],
    [[0, 1, 4, 3], 4 / 12],
    [[1, 0.5, 3, 1.5], 2 / 8], // inside
    [[4, 0, 8, 2], 0], // touches
    [[9, 9, 10, 10], 0],
    [[-2, -2, 4, 2], 8 / 24],
  ])('of %j is %d', (box, share) => {
    expect(overlap(truth, box)).toBeCloseTo(share, 12);
    expect(overlap(box, truth)).toBeCloseTo(share, 12);
  });

  it('of boxes without area is 0', () => expect(overlap([1, 1, 1, 1], [1, 1, 1, 1])).toBe(0));
});

const one = (picture: number, box: Box): TrueBox => ({ picture, box, classes: [1] });
const found = (picture: number, box: Box, score: number): FoundBox => ({ picture, box, scores: [score] });

describe('matching', () => {
  it('moved by a quarter is a hit (0.6), by a half a miss (0.33), and in another picture nothing', () => {
    const there = [one(0, truth), one(1, truth), one(2, truth)];
    const boxes = [found(0, [1, 0, 5, 2], 0.3), found(1, [2, 0, 6, 2], 0.9), found(3, truth, 0.8)];
    expect(matchBoxes(boxes, there, 0, 0.5)).toEqual({ hits: [true, false, false], there: 3 });
    expect(matchBoxes(boxes, there, 0, 0.3).hits).toEqual([true, true, false]);
  });

  it('a true box is hit once, by the surest', () => {
    const boxes = [found(0, [0, 0, 4, 2], 0.4), found(0, [1, 0, 5, 2], 0.7)];
    expect(matchBoxes(boxes, [one(0, truth)], 0, 0.5).hits).toEqual([false, true]);
  });

  it('looks for the box it overlaps most, and only among those of the class', () => {
    const there: TrueBox[] = [
      { picture: 0, box: [0, 0, 4, 2], classes: [1, 0] },
      { picture: 0, box: [1, 0, 5, 2], classes: [0, 1] },
    ];
    const boxes: FoundBox[] = [{ picture: 0, box: [1, 0, 5, 2], scores: [0.5, 0.5] }];
    expect(matchBoxes(boxes, there, 0, 0.7)).toEqual({ hits: [false], there: 1 }); // 0.6 of the first
    expect(matchBoxes(boxes, there, 1, 0.7)).toEqual({ hits: [true], there: 1 });
  });
});

describe('average precision of detection', () => {
  it('worked out by hand: surest a hit, then a box that slipped, then a hit; one of three never found', () => {
    const there = [one(0, truth), one(1, truth), one(2, truth)];
    const boxes = [found(0, truth, 0.9), found(1, [2, 0, 6, 2], 0.8), found(2, [1, 0, 5, 2], 0.7)];
    // precision 1 at recall 1/3, 2/3 at recall 2/3, nothing beyond
    expect(detectionPrecision(boxes, there, 1).mean).toBeCloseTo(1 / 3 + (1 / 3) * (2 / 3), 12);
    // every box in its place: all are hits
    expect(
      detectionPrecision(
        boxes.map((f, i) => ({ ...f, box: there[i].box })),
        there,
        1,
      ).mean,
    ).toBe(1);
    // every box slipped
    const away = boxes.map((f) => ({ ...f, box: [2, 0, 6, 2] as const }));
    expect(detectionPrecision(away, there, 1)).toEqual({ perClass: [0], mean: 0 });
  });

  it('at given boxes with one class each it is the mean average precision', () => {
    const classes = [0, 1, 1, 2, 0, 1];
    const scores = [0.2, 0.7, 0.1, 0.4, 0.3, 0.3, 0.5, 0.2, 0.3, 0.6, 0.3, 0.1, 0.9, 0.05, 0.05, 0.3, 0.4, 0.3];
    const there = classes.map((c, i) => ({
      picture: i,
      box: truth,
      classes: [0, 1, 2, 3].map((k) => Number(k === c)),
    }));
    const boxes = classes.map((_, i) => ({ picture: i, box: truth, scores: [...scores.slice(i * 3, i * 3 + 3), 0.5] }));
    const { perClass, mean } = detectionPrecision(boxes, there, 4);
    // boxes are all found and none twice, so what remains to be right is the class
    const ofClass = [0, 1, 2].map((k) =>
      averagePrecision(
        scores.filter((_, i) => i % 3 === k),
        classes.map((c) => c === k),
      ),
    );
    expect(mean).toBeCloseTo(meanOf(ofClass.map((value) => value!)), 12);
    expect(perClass[3]).toBeNull(); // nothing has it
    expect(detectionPrecision(boxes, [], 4).mean).toBeNull();
  });
});
