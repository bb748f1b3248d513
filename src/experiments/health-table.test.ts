import { describe, expect, it } from 'vitest';
import type { FeatureHealth, HealthRow } from '../core/health-row.ts';
import { thresholds } from '../core/health-verdict.ts';
import type { HealthRecord } from './health.ts';
import { calibrate, chooseThresholds, healthTable } from './health-table.ts';
import { sampleCheck } from '../testing/samples.ts';

const features = (rank: number): FeatureHealth => ({
  spread: 0.48,
  pooledSpread: 0.05,
  dead: 0,
  cosine: 0.99,
  rank,
  rankCentred: rank,
  pooledRank: 2,
  pooledRankCentred: 12,
  spectrum: [],
});

const row = (step: number, loss: number, rank: number, swap: number): HealthRow => ({
  ...sampleCheck(step, features(rank), loss),
  swapped: loss * swap,
  permuted: loss * swap,
});

const record = (kind: HealthRecord['kind'], seed: number, loss: number, rank: number, swap: number): HealthRecord => ({
  arm: kind,
  kind,
  seed,
  steps: 30,
  losses: [],
  rows: [row(0, 1, 20, 1), row(15, loss, rank, swap), row(30, loss, rank, swap)],
  verdicts: [],
  share: 0.04,
  seconds: 1,
});

describe('how many are told right', () => {
  const healthy = (seed: number) => record('sound', seed, 0.9, 30, 1.3);
  const dead = (seed: number) => record('sick', seed, 0.05, 3, 1);
  // rank 9 of 20, above a third and below a half, and no longer falling
  const half = (seed: number): HealthRecord => ({
    ...dead(seed),
    rows: [row(0, 1, 20, 1), row(15, 0.05, 8, 1), row(30, 0.05, 9, 1)],
  });

  it('counts by kind and state; open runs are neither right nor wrong', () => {
    const table = healthTable([
      healthy(0),
      healthy(1),
      dead(0),
      record('sick', 1, 0.9, 30, 1.3),
      record('open', 0, 0.05, 3, 1),
    ]);
    expect(table).toMatchObject({ right: 3, wrong: 1, unclear: 0, seeds: [0, 1] });
    expect(table.counts).toContainEqual({ kind: 'open', state: 'collapsed', runs: 1 });
    expect(table.counts).toContainEqual({ kind: 'sound', state: 'healthy', runs: 2 });
  });

  it('chooses a higher limit where sick runs have more rank left, and keeps what is in force where that is as good', () => {
    expect(chooseThresholds([healthy(0), half(0)]).lowRank).toBe(0.5);
    expect(chooseThresholds([healthy(0), dead(0)])).toEqual(thresholds);
  });

  it('counts on seeds that were not used to choose', () => {
    const { chosen, inForce, alarms } = calibrate([healthy(0), half(0), healthy(2), dead(2)], [0]);
    // a verdict needs two checks after the first weights
    expect(alarms).toEqual({ soundChecks: 3, soundAlarms: 0, first: 30, last: 30 });
    expect(chosen.seeds).toEqual([2]);
    expect(inForce.seeds).toEqual([2]);
    expect(chosen).toMatchObject({ right: 2, wrong: 0 });
  });
});
