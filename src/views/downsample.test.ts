import { describe, expect, it } from 'vitest';
import { downsample } from './downsample.ts';

describe('downsample', () => {
  const rows = Array.from({ length: 5000 }, (_, x) => ({ x, y: Math.sin(x / 50) + (x === 3217 ? 40 : 0) }));
  it('keeps order, count and the one spike', () => {
    const kept = downsample(rows, 300, (r) => r.y);
    expect(kept.length).toBeLessThanOrEqual(300);
    expect(kept.map((r) => r.x)).toEqual(kept.map((r) => r.x).sort((a, b) => a - b));
    expect(kept.some((r) => r.x === 3217)).toBe(true);
  });
  it('leaves short series alone', () => expect(downsample(rows.slice(0, 7), 300, (r) => r.y)).toHaveLength(7));
});
