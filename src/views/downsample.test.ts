import { describe, expect, it } from 'vitest';
import { downsample, envelope } from './downsample.ts';

describe('downsample', () => {
  const rows = Array.from({ length: 5000 }, (_, x) => ({ x, y: Math.sin(x / 50) + (x === 3217 ? 40 : 0) }));
  it('keeps order, count and the one spike', () => {
    const kept = downsample(rows, 300, [(r) => r.y]);
    expect(kept.length).toBeLessThanOrEqual(300);
    expect(kept.map((r) => r.x)).toEqual(kept.map((r) => r.x).sort((a, b) => a - b));
    expect(kept.some((r) => r.x === 3217)).toBe(true);
  });
  it('keeps the spikes of every line that is drawn', () => {
    const kept = downsample(rows, 300, [(r) => r.y, (r) => (r.x === 1234 ? 1 : 0), (r) => (r.x === 4321 ? -1 : 0)]);
    expect(kept.length).toBeLessThanOrEqual(300);
    expect(kept.map((r) => r.x)).toEqual(expect.arrayContaining([1234, 3217, 4321]));
    expect(kept.map((r) => r.x)).toEqual(kept.map((r) => r.x).sort((a, b) => a - b));
  });
  it('keeps the first and the last row, which are seldom an extreme, within the same count', () => {
    for (const n of [301, 302, 4999, 5000]) {
      const kept = downsample(rows.slice(0, n), 300, [(r) => Math.sin(r.x)]);
      expect(kept.length).toBeLessThanOrEqual(300);
      expect([kept[0].x, kept.at(-1)?.x]).toEqual([0, n - 1]);
      expect(new Set(kept).size).toBe(kept.length);
    }
  });
  it('leaves short series alone', () => expect(downsample(rows.slice(0, 7), 300, [(r) => r.y])).toHaveLength(7));
});

const line = (n: number, value: (i: number) => number) => ({
  x: Float64Array.from({ length: n }, (_, i) => i + 1),
  y: Float64Array.from({ length: n }, (_, i) => value(i)),
});

it('an envelope keeps every spike, up and down, and the mean of each stretch', () => {
  const spiky = line(20_000, (i) => (i === 12_345 ? 100 : i === 777 ? -50 : i % 2));
  const stretches = envelope(spiky, 300);
  expect(stretches.length * 2).toBeLessThanOrEqual(300);
  expect(Math.max(...stretches.map((s) => s.high))).toBe(100);
  expect(Math.min(...stretches.map((s) => s.low))).toBe(-50);
  // 20 000 in stretches of 256: 79 of them, whose means are half but for the spikes
  expect(stretches).toHaveLength(79);
  expect(stretches.filter((s) => s.mean === 0.5)).toHaveLength(77);
  expect(stretches[0]).toEqual({ x: 128.5, low: 0, high: 1, mean: 0.5 });
});

it('a short line is itself, an empty one nothing', () => {
  expect(
    envelope(
      line(3, (i) => i * i),
      300,
    ),
  ).toEqual([
    { x: 1, low: 0, high: 0, mean: 0 },
    { x: 2, low: 1, high: 1, mean: 1 },
    { x: 3, low: 4, high: 4, mean: 4 },
  ]);
  expect(
    envelope(
      line(0, () => 0),
      300,
    ),
  ).toEqual([]);
});

it('a line that grows keeps the stretches it had', () => {
  const before = envelope(
    line(3000, (i) => Math.sin(i)),
    300,
  );
  const after = envelope(
    line(3100, (i) => Math.sin(i)),
    300,
  );
  expect(after.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
});
