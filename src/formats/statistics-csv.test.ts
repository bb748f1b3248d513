import { expect, it } from 'vitest';
import { multiBlock } from '../core/presets.ts';
import { measureMasks } from '../testing/measure-masks.ts';
import { statisticsCsv } from './statistics-csv.ts';

it('statistics as CSV: a number a line, and every number of the statistics', () => {
  const statistics = measureMasks({
    sampling: {
      masks: [multiBlock(1, 0.4), { kind: 'future', tubelets: 1 }],
      cut: 'official',
      sequence: 'threefry',
      seed: 0,
    },
    grid: { t: 2, h: 3, w: 2 },
    batch: 2,
    clips: 10,
  });
  const [head, ...lines] = statisticsCsv(statistics).trimEnd().split('\n');
  const names = head.split(',');
  const rows = lines.map((line) => {
    const values = line.split(',');
    expect(values).toHaveLength(names.length);
    return Object.fromEntries(names.map((name, i) => [name, values[i]]));
  });
  const find = (wanted: Record<string, string>) =>
    rows.filter((row) => Object.entries(wanted).every(([name, value]) => row[name] === value));
  // the last of two tubelets is predicted: 6 of 12 tokens, each one step from its context or more
  const future = { set: '1', cut: 'official' };
  expect(find({ ...future, role: 'context', measure: 'mean' })[0].value).toBe('6');
  expect(find({ ...future, role: 'target', measure: 'per_tubelet' }).map((r) => r.value)).toEqual(['0', '6']);
  expect(find({ ...future, role: 'context', measure: 'without_last_tubelet' })[0].value).toBe('1');
  expect(find({ ...future, role: 'target', measure: 'distance' })).toEqual([
    expect.objectContaining({ tokens_or_steps: '1', value: '60' }),
  ]);
  expect(find({ ...future, role: 'target', measure: 'clips' })[0]).toMatchObject({ tokens_or_steps: '6', value: '10' });
  const token = find({ ...future, role: 'target', measure: 'frequency', t: '1', y: '2', x: '0' });
  expect(token.map((r) => r.value)).toEqual(['1']);
  for (const cut of ['official', 'random', 'none'])
    for (const role of ['context', 'target'])
      for (const [measure, count] of [
        ['coverage', 6],
        ['frequency', 12],
        ['per_tubelet', 2],
        ['sd', 1],
      ] as const)
        expect(find({ set: '0', cut, role, measure }), `${cut} ${role} ${measure}`).toHaveLength(count);
});
