import { describe, expect, it } from 'vitest';
import { expectClose, noise, variants } from '../testing/check-operation.ts';
import { bench } from '../testing/record.ts';
import { sigreg, sigregValue } from './sigreg.ts';
import { sigregRef } from './sigreg.ref.ts';

describe('SIGReg', () => {
  const S = 6;
  const sets: [number, number][] = [
    [0, 9],
    [9, 14],
  ];
  const rows = 23;
  const coefficient = 0.3;
  const run = (x: ArrayLike<number>) =>
    bench(variants[0].variant, {}, ({ plan, input }) => {
      const tx = input('x', rows, S, x);
      return {
        phi: sigreg(plan, tx, input('sets', 2, 2, sets.flat(), 'u32'), coefficient, 'phi'),
        dx: plan.gradientOf(tx),
      };
    });

  it('term per set and its gradient', async () => {
    const random = noise(9);
    const x = Float64Array.from({ length: rows * S }, () => Math.fround(random() * 2 + 0.5));
    const { recorded, read } = await run(x);
    expectClose(
      'term',
      sigregValue(
        await read(recorded.phi),
        sets.map((s) => s[1]),
        S,
      ),
      sigregRef(x, S, sets),
      2e-6,
    );
    const expected = Array.from(x, (value, i) => {
      const at = (v: number) => {
        const moved = x.slice();
        moved[i] = v;
        return sigregRef(moved, S, sets).reduce((a, b) => a + b, 0);
      };
      return (coefficient * (at(value + 1e-5) - at(value - 1e-5))) / 2e-5;
    });
    expectClose('dx', await read(recorded.dx), expected, 4e-6);
  });

  it('stays exact for tokens far from zero, where built-in sines are not', async () => {
    const x = Float64Array.from({ length: rows * S }, (_, i) => Math.fround((i - 60) * 3.7));
    const { recorded, read } = await run(x);
    expectClose(
      'term',
      sigregValue(
        await read(recorded.phi),
        sets.map((s) => s[1]),
        S,
      ),
      sigregRef(x, S, sets),
      2e-5,
    );
  });

  it('is small for a standard normal and large for a point', () => {
    const random = noise(1);
    const normal = Float64Array.from({ length: 400 }, random);
    const [small] = sigregRef(normal, 1, [[0, 400]]);
    const [large] = sigregRef(new Float64Array(400), 1, [[0, 400]]);
    expect(small).toBeLessThan(1.5);
    expect(large).toBeGreaterThan(50);
  });
});
