import { describe, expect, it } from 'vitest';
import { averageAnswers, largest, softmax } from './answers.ts';

describe('answers', () => {
  it('softmax: shares of 1, unmoved by a shift, sound for large logits', () => {
    expect(softmax([0, Math.log(3)])).toEqual([0.25, 0.75].map((v) => expect.closeTo(v, 12)));
    expect(softmax([1000, 1000 + Math.log(3)])[1]).toBeCloseTo(0.75, 9);
  });

  it('views are averaged as probabilities, not as logits', () => {
    // one view is sure of the second class, the other undecided: the mean is (0 + 1/2) / 2
    const answers = averageAnswers(
      [
        [-60, 60],
        [0, 0],
      ],
      2,
    );
    expect(answers[0]).toBeCloseTo(0.25, 12);
    expect(answers[1]).toBeCloseTo(0.75, 12);
  });

  it('the first of equal values is the largest', () => expect(largest([1, 3, 3])).toBe(1));
});
