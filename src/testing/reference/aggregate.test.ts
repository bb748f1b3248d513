import { describe, expect, test } from 'vitest';
import { StudioError } from '../../core/errors.ts';
import { aggregateSegments, framesAsImages, tubeletSteps } from './aggregate.ts';

/** Two segments of two videos, two steps of one token, one channel pair: the value says segment, video and step. */
const segment = (s: number) =>
  Float32Array.from([0, 1].flatMap((b) => [0, 1].flatMap((t) => [100 * s + 10 * b + t, 0])));
const whole = { B: 2, D: 2, acrossSegments: true, times: null };

describe('tokens of several clips', () => {
  test('segments of a video lie one behind the other', () => {
    const [joined] = aggregateSegments([segment(1), segment(2)], whole);
    const first = Array.from(joined).filter((_, i) => i % 2 === 0);
    expect(first).toEqual([100, 101, 200, 201, 110, 111, 210, 211]);
  });

  test('or each for itself', () => {
    const segments = [segment(1), segment(2)];
    expect(aggregateSegments(segments, { ...whole, acrossSegments: false })).toEqual(segments);
  });

  test('times add sine and cosine of the step', () => {
    // with two channels: sin(row), cos(row)
    const steps = [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ];
    const zero = () => new Float32Array(8);
    const [joined] = aggregateSegments([zero(), zero()], { ...whole, times: { steps, rows: 8 } });
    [0, 1, 4, 5, 2, 3, 6, 7].forEach((row, i) => {
      expect(joined[2 * i]).toBeCloseTo(Math.sin(row), 6);
      expect(joined[2 * i + 1]).toBeCloseTo(Math.cos(row), 6);
    });
    expect(() => aggregateSegments([zero(), zero()], { ...whole, times: { steps, rows: 7 } })).toThrow(StudioError);
  });

  test('tubelets begin with their first frame', () => {
    expect(tubeletSteps([0, 2, 4, 6, 3, 5, 7, 9], 2)).toEqual([0, 4, 3, 7]);
  });

  test('frames become images', () => {
    // one pixel: the value says video, channel and frame
    const clips = Float32Array.from(
      [0, 1].flatMap((b) => [0, 1, 2].flatMap((c) => [0, 1].map((t) => 100 * b + 10 * c + t))),
    );
    expect([...framesAsImages(clips, 2, 2)]).toEqual([0, 10, 20, 1, 11, 21, 100, 110, 120, 101, 111, 121]);
  });
});
