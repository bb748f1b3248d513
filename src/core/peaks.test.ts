import { describe, expect, it } from 'vitest';
import { median, peaks } from './peaks.ts';

describe('peaks of a curve', () => {
  it('a flat curve has none, whatever its height', () => {
    expect(peaks([4, 4, 4, 4, 4], 1)).toEqual([]);
    expect(peaks([], 1)).toEqual([]);
  });

  it('a curve that mostly stands still has its one event, and no rounding', () => {
    expect(peaks([1, 1, 1, 1, 1, 1, 1.0000001], 1)).toEqual([]);
    expect(peaks([1, 1, 1, 1.2, 1, 1, 1], 1)).toEqual([3]);
  });

  it('the largest of its neighbourhood, above three deviations', () => {
    // median 1; deviations 0 0 0.1 … 8: the median one is 0.1, so that 1.4826 · 0.3 above 1 is the line
    const curve = [1, 1.1, 0.9, 1, 5, 9, 5, 1.1, 0.9, 1.4, 0.9, 1.1, 7];
    expect(peaks(curve, 2)).toEqual([5, 12]);
    expect(peaks(curve, 7)).toEqual([5]);
  });

  it('is as near as it stands, and stands out of what is usual', () => {
    const curve = [1, 1.1, 5, 9, 5, 1.2];
    expect(peaks(curve, 2)).toEqual([]); // half of it is the event itself
    const usual = [1, 1.1, 1.2];
    expect(peaks(curve, 2, [0, 1, 2, 3, 4, 5], usual)).toEqual([3]);
    expect(peaks([1, 9, 1, 9, 1], 2, [0, 10, 20, 30, 40], usual)).toEqual([1, 3]);
    expect(peaks([1, 9, 1, 9, 1], 20, [0, 10, 20, 30, 40], usual)).toEqual([1]);
  });

  it('a slope is one peak, wherever it was looked at closely', () => {
    const usual = [1, 1.1, 1.2, 0.9, 1];
    // close windows around 20 and 24, the others 8 apart, as around the change of a video
    expect(peaks([1, 3, 5, 7, 8, 9, 4, 1], 5, [0, 8, 16, 20, 22, 24, 32, 40], usual)).toEqual([5]);
    expect(peaks([1, 3, 5, 7, 9, 4, 5, 3], 5, [0, 8, 16, 24, 32, 40, 48, 56], usual)).toEqual([4, 6]);
  });

  it('the first of equals', () => {
    expect(peaks([0, 1, 0, 3, 3, 0, 1, 0, 1, 0, 0], 2)).toEqual([3]);
  });

  it('medians', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
  });
});
