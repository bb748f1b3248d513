import { expect, it } from 'vitest';
import { cropBox } from './augment.ts';

const half = () => 0.5;

it('areas are shares of the whole area: a root that lies at a half is one', () => {
  // .35 · (7 · 5) = 12.25, whose root is 3.5; (.35 · 7) · 5 is a little less
  expect(cropBox(half, 7, 5, [0.35, 0.35], [1, 1])).toMatchObject({ height: 4, width: 4 });
});

it('where no box fits, the frame is cut to the nearest ratio, in whatever order they are named', () => {
  const fallback = (height: number, width: number, ratio: [number, number]) =>
    cropBox(half, height, width, [1.1, 1.5], ratio);
  for (const ratio of [
    [0.75, 1.35],
    [1.35, 0.75],
  ] as [number, number][]) {
    expect(fallback(100, 100, ratio)).toEqual({ top: 0, left: 0, height: 100, width: 100 });
    expect(fallback(100, 60, ratio)).toEqual({ top: 10, left: 0, height: 80, width: 60 });
    expect(fallback(100, 200, ratio)).toEqual({ top: 0, left: 32, height: 100, width: 135 });
  }
});
