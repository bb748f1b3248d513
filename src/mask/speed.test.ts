import { expect, it } from 'vitest';
import { preset } from '../core/presets.ts';
import { measureMasks } from '../testing/measure-masks.ts';

/** Processor seconds of this thread's work. */
function secondsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** A hundred million steps of a generator of random numbers: how fast this machine is just now. */
function yardstick(): number {
  let x = 1;
  const seconds = secondsOf(() => {
    for (let i = 0; i < 1e8; i++) {
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
    }
  });
  expect(x).not.toBe(0);
  return seconds;
}

// About a second on a usual core, two on a slow one: machines differ by more than a mistake would cost, so the bound is a
// ratio. It was 4.8 to 5.8 on a machine with much else to do.
it('10 000 clips of the official config, both mask sets, three cuts: seconds, and in steps of a random generator', () => {
  const { masks } = preset('vit_large');
  const faster = Math.max(yardstick(), yardstick());
  let sets = 0;
  const seconds = secondsOf(() => {
    const measured = measureMasks({
      sampling: { masks, cut: 'official', sequence: 'official', seed: 0 },
      grid: { t: 8, h: 14, w: 14 },
      batch: 24,
      clips: 10_000,
    });
    sets = measured.sets.length;
  });
  const ratio = seconds / Math.max(faster, yardstick());
  process.stdout.write(
    `10 000 clips × ${sets} mask sets × 3 cuts: ${seconds.toFixed(2)} s of processor time, ${ratio.toFixed(1)} times 10⁸ random steps\n`,
  );
  expect(sets).toBe(2);
  expect(ratio).toBeLessThan(10);
});
