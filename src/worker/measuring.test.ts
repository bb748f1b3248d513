import { describe, expect, it } from 'vitest';
import { preset } from '../core/presets.ts';
import type { MeasureRequest } from '../core/mask-statistics.ts';
import { measureMasks } from '../testing/measure-masks.ts';
import type { MaskEvent } from '../protocol/messages.ts';
import { createMeasuring } from './measuring.ts';

const { masks } = preset('vit_large');
const request = (clips: number): MeasureRequest => ({
  sampling: { masks, cut: 'official', sequence: 'threefry', seed: 4 },
  grid: { t: 8, h: 14, w: 14 },
  batch: 24,
  clips,
});

function listen() {
  const events: MaskEvent[] = [];
  const measuring = createMeasuring((event) => events.push(event));
  const of = (jobId: string) => events.filter((e) => e.jobId === jobId);
  return { measuring, of };
}

describe('the mask worker', () => {
  it('tells progress up to the total and answers what the whole measurement gives', async () => {
    const { measuring, of } = listen();
    await measuring.handle({ type: 'measure', jobId: 'a', request: request(2000) });
    const events = of('a');
    const progress = events.filter((e) => e.type === 'measuring');
    expect(progress.length).toBeGreaterThan(1);
    expect(progress.map((e) => e.done)).toEqual([...new Set(progress.map((e) => e.done))].sort((x, y) => x - y));
    // 2000 clips are 84 batches of 24
    expect(progress.at(-1)).toMatchObject({ done: 2016, total: 2016 });
    const last = events.at(-1);
    if (last?.type !== 'measured') throw new Error('not measured');
    expect({ ...last.statistics, milliseconds: 0 }).toEqual({ ...measureMasks(request(2000)), milliseconds: 0 });
  });

  it('stops when cancelled, and a new measurement ends the one before', async () => {
    const { measuring, of } = listen();
    const first = measuring.handle({ type: 'measure', jobId: 'a', request: request(200_000) });
    const second = measuring.handle({ type: 'measure', jobId: 'b', request: request(200_000) });
    await measuring.handle({ type: 'cancelMeasure', jobId: 'b' });
    await Promise.all([first, second]);
    for (const jobId of ['a', 'b']) expect(of(jobId).at(-1)).toEqual({ type: 'measureCancelled', jobId });
    // cancelling what has ended says nothing
    await measuring.handle({ type: 'cancelMeasure', jobId: 'a' });
    expect(of('a').filter((e) => e.type === 'measureCancelled')).toHaveLength(1);
  });

  it('answers a config that cannot work with its sentence', async () => {
    const { measuring, of } = listen();
    const bad = request(100);
    bad.sampling.masks = [{ kind: 'tube', ratio: 0.999 }];
    await measuring.handle({ type: 'measure', jobId: 'a', request: bad });
    const last = of('a').at(-1);
    expect(last?.type).toBe('measureFailed');
    expect(last?.type === 'measureFailed' && last.error.message).toContain('0 of 196 positions');
  });
});
