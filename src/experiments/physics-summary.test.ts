import { expect, it } from 'vitest';
import type { PhysicsShares } from '../protocol/looking.ts';
import { physicsFinding } from './physics-summary.ts';
import type { PresetRecord } from './presets.ts';

const shares = (all: number): PhysicsShares => ({ all, permanence: all, continuity: all, bounce: 0.5, colour: all });
const record = (arm: string, seed: number, physics: PhysicsShares[]) => ({ arm, seed, physics }) as PresetRecord;
const untrained = Array.from({ length: 20 }, (_, i) => shares(0.45 + i / 100)); // .45 to .64

it('is ahead only when it is above every untrained network, with its interval', () => {
  const found = (all: number[]) =>
    physicsFinding([...all.map((v, seed) => record('nano', seed, [shares(v)])), record('nano-random', 0, untrained)]);
  // 4.3027 · .01 / √3 = .02484; the score interval of .8 of 64 pairs is [.68633, .87970]; together [.68364, .88348]
  const ahead = found([0.79, 0.8, 0.81]);
  expect(ahead?.holds).toBe('yes');
  expect(ahead?.found[0].text).toContain('80.0 % of the pairs (95 % interval 68.4 % to 88.3 %)');
  expect(ahead?.found[0].text).toContain('from 45.0 % to 64.0 %; 20 of 20 of them are below');
  expect(ahead?.rows).toContainEqual({ label: 'untrained, all', n: 20, mean: expect.closeTo(54.5, 6), deviation: expect.closeTo(5.916, 3), unit: '% of pairs' });
  expect(found([0.6, 0.61, 0.62])?.holds).toBe('unclear');
  expect(found([0.3, 0.301, 0.302])?.holds).toBe('no');
  expect(found([0.9])?.holds).toBe('unclear'); // one seed has no interval
  expect(found([])).toBeNull();
});
