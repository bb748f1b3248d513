import { expect, it } from 'vitest';
import { preset } from '../core/presets.ts';
import { measureMasks } from './statistics.ts';

it('10 000 clips of the official config, both mask sets, three cuts: at most 2 s of one core', () => {
  const { masks } = preset('vit_large');
  const before = process.cpuUsage();
  const { sets } = measureMasks({
    sampling: { masks, cut: 'official', sequence: 'official', seed: 0 },
    grid: { t: 8, h: 14, w: 14 },
    batch: 24,
    clips: 10_000,
  });
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  process.stdout.write(`10 000 clips × ${sets.length} mask sets × 3 cuts: ${seconds.toFixed(2)} s of processor time\n`);
  expect(seconds).toBeLessThan(2);
});
