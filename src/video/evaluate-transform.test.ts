import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { channelDeviation, channelMean } from './augment.ts';
import { evaluateClip, planViews, type EvaluationFrame, type Views } from './evaluate-transform.ts';

describe('where the squares lie', () => {
  test('one view: the centre of what 256 / 224 of the side leaves', () => {
    // 224 of 256: a margin of 16; 340 = int(256 · 640 / 480) = int(341.3), its margin 58.5 goes to the even 58
    expect(planViews(640, 480, 224, 1)).toEqual({ width: 341, height: 256, views: [{ top: 16, left: 58 }] });
    expect(planViews(480, 640, 224, 1)).toEqual({ width: 256, height: 341, views: [{ top: 58, left: 16 }] });
    expect(planViews(100, 100, 28, 1)).toEqual({ width: 32, height: 32, views: [{ top: 2, left: 2 }] });
  });

  test('three views: along the long side', () => {
    // int(224 · 640 / 480) = 298, (298 − 224) // 2 = 37
    const along = [0, 37, 74];
    expect(planViews(640, 480, 224, 3)).toEqual({
      width: 298,
      height: 224,
      views: along.map((left) => ({ top: 0, left })),
    });
    expect(planViews(480, 640, 224, 3)).toEqual({
      width: 224,
      height: 298,
      views: along.map((top) => ({ top, left: 0 })),
    });
    expect(planViews(50, 50, 24, 3).views).toEqual([0, 0, 0].map((left) => ({ top: 0, left })));
  });

  test('squares never leave the frame', () => {
    const size = fc.integer({ min: 1, max: 2000 });
    fc.assert(
      fc.property(size, size, fc.integer({ min: 1, max: 400 }), fc.constantFrom<Views>(1, 3), (w, h, side, count) => {
        const plan = planViews(w, h, side, count);
        expect(plan.views).toHaveLength(count);
        for (const { top, left } of plan.views) {
          expect(Math.min(top, left)).toBeGreaterThanOrEqual(0);
          expect(top + side).toBeLessThanOrEqual(plan.height);
          expect(left + side).toBeLessThanOrEqual(plan.width);
        }
      }),
    );
  });
});

/** Grey value between pixels, in f64; the edge goes on for ever. */
function between({ rgb, width, height }: EvaluationFrame, x: number, y: number, k: number): number {
  const at = (i: number, j: number) => {
    const row = Math.min(Math.max(j, 0), height - 1);
    return rgb[(row * width + Math.min(Math.max(i, 0), width - 1)) * 3 + k];
  };
  const [i, j] = [Math.floor(x), Math.floor(y)];
  const [u, v] = [x - i, y - j];
  return (at(i, j) * (1 - u) + at(i + 1, j) * u) * (1 - v) + (at(i, j + 1) * (1 - u) + at(i + 1, j + 1) * u) * v;
}

test('a clip of any size: within a grey level of exact interpolation, every frame and channel in its place', () => {
  const size = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(
      fc.record({
        w: size,
        h: size,
        side: fc.integer({ min: 1, max: 24 }),
        count: fc.constantFrom<Views>(1, 3),
        T: fc.integer({ min: 1, max: 3 }),
        seed: fc.nat(),
      }),
      ({ w, h, side, count, T, seed }) => {
        const frames = Array.from({ length: T }, (_, t) => ({
          rgb: Uint8Array.from(
            { length: w * h * 3 },
            (_v, i) => (Math.imul(i + 1 + t * 977 + seed, 2654435761) >>> 16) & 255,
          ),
          width: w,
          height: h,
        }));
        const offset = 2;
        const into = new Float32Array(offset + count * 3 * T * side * side + 1).fill(7);
        evaluateClip(frames, count, { into, offset, side });
        expect([into[0], into[1], into.at(-1)]).toEqual([7, 7, 7]);
        const plan = planViews(w, h, side, count);
        let worst = 0;
        plan.views.forEach(({ top, left }, v) => {
          for (let k = 0; k < 3; k++)
            for (let t = 0; t < T; t++)
              for (let y = 0; y < side; y++)
                for (let x = 0; x < side; x++) {
                  // (views, 3, T, side, side)
                  const value = into[offset + (((v * 3 + k) * T + t) * side + y) * side + x];
                  const grey = value * 255 * channelDeviation[k] + 255 * channelMean[k];
                  const fromX = ((left + x + 0.5) * w) / plan.width - 0.5;
                  const fromY = ((top + y + 0.5) * h) / plan.height - 0.5;
                  worst = Math.max(worst, Math.abs(grey - between(frames[t], fromX, fromY, k)));
                }
        });
        expect(worst).toBeLessThan(1);
      },
    ),
    { numRuns: 60 },
  );
});
