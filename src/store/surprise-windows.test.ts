import { expect, it } from 'vitest';
import { preset } from '../core/presets.ts';
import { surpriseWindows } from './surprise-windows.ts';

const change = { kind: 'freeze', from: 1165, to: 1181 } as const;

it('a long video is asked for at some of its frames, and about a change', () => {
  const nano = preset('nano');
  expect(nano.data.samplingRate).toBe(2);
  expect(surpriseWindows(nano, 64, change)).toMatchObject({ every: 2, edges: [] });
  expect(surpriseWindows(nano, 2330, null)).toEqual({ contexts: [1, 2, 3], every: 40, edges: [] });
  expect(surpriseWindows(nano, 2330, change).edges).toEqual([1165, 1181]);
  expect(surpriseWindows(nano, 2330, { ...change, kind: 'swap' }).edges).toEqual([1165, 1181, 1197]);
});
