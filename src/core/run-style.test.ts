import { expect, it } from 'vitest';
import { runColours, runDashes, type RunStyle, runStyles } from './run-style.ts';

const ids = (n: number): string[] => Array.from({ length: n }, (_, i) => `run-m${(40_000 + i * 37).toString(36)}-1`);
const spelled = ({ colour, dash }: RunStyle): string => `${colour} ${dash}`;

it('a run has its style by its id alone, whatever else is listed behind it', () => {
  const [first] = ids(1);
  const alone = runStyles([first]).get(first);
  for (let n = 2; n <= 32; n++) expect(runStyles(ids(n).reverse()).get(first)).toEqual(alone);
});

it('thirty-two runs have thirty-two styles', () => {
  const given = runStyles(ids(32));
  expect(new Set([...given.values()].map(spelled)).size).toBe(32);
  for (const { colour, dash } of given.values()) {
    expect(colour).toBeLessThan(runColours);
    expect(dash).toBeLessThan(runDashes);
  }
});

it('no colour comes a second time before all have come', () => {
  for (const all of [ids(32), ids(32).map((id) => `${id}x`)])
    for (const n of [2, 4, 8, 16]) {
      const given = runStyles(all.slice(0, n));
      const most = Math.max(
        ...[...given.values()].map((s) => [...given.values()].filter((t) => t.colour === s.colour).length),
      );
      expect(most).toBe(Math.ceil(n / runColours));
    }
});

it('what is given stays: when runs come, when they go, when they come with older ids', () => {
  const before = runStyles(ids(20));
  const after = runStyles([...ids(24), 'imported', '0-older'], before);
  for (const [id, style] of before) expect(after.get(id)).toEqual(style);
  expect(new Set([...after.values()].map(spelled)).size).toBe(26);
  const fewer = runStyles(ids(20).slice(10), after);
  for (const [id, style] of fewer) expect(style).toEqual(before.get(id));
});

it('beyond that it repeats, and ends', () => {
  expect(runStyles(ids(100)).size).toBe(100);
});
