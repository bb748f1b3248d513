// Lists of labels are read; the studio's own tables are told from them and named.

import { beforeEach, expect, it, vi } from 'vitest';
import { multiBlock } from '../core/presets.ts';
import { ownTable } from '../formats/own-csv.ts';
import { chartCsv, officialLog } from '../formats/run-csv.ts';
import { statisticsCsv } from '../formats/statistics-csv.ts';
import { tokenCsv } from '../formats/token-csv.ts';
import type { EvaluationReport } from '../protocol/evaluation.ts';
import type { ClipInfo } from '../protocol/messages.ts';
import { measureMasks } from '../testing/measure-masks.ts';
import { takeLabels } from './evaluation-labels.ts';
import { useEvaluation } from './evaluate.ts';
import { evaluationCsv } from './evaluation-csv.ts';
import { featuresCsv, nearCsv, reachCsv } from './features-csv.ts';
import { groupsCsv, surpriseCsv, tokensCsv } from './look-csv.ts';
import { useStudio } from './studio.ts';

const statistics = statisticsCsv(
  measureMasks({
    sampling: { masks: [multiBlock(1, 0.4)], cut: 'none', sequence: 'threefry', seed: 0 },
    grid: { t: 2, h: 3, w: 2 },
    batch: 2,
    clips: 4,
  }),
);

beforeEach(() => useStudio.setState({ problem: null }));

it('a table of the studio is named, and nothing is asked about it', async () => {
  await takeLabels([new File([statistics], 'statistics-4.csv')], true);
  expect(useStudio.getState().problem?.message).toBe(
    'statistics-4.csv holds statistics of masks, which the studio writes and does not read.',
  );
  expect(useEvaluation.getState().choices.data).toBe('drawn');
  expect(useEvaluation.getState().labelFile).toBeNull();
});

it('a list that is refused is named', async () => {
  await takeLabels([new File(['one.mp4\n'], 'odd.csv')], true);
  expect(useStudio.getState().problem?.message).toBe(
    'odd.csv: Line 1 of the list of labels has no path and label: one.mp4',
  );
});

it('a file that is too large for a list is refused before it is read', async () => {
  const read = vi.spyOn(File.prototype, 'text');
  await takeLabels([new File([new Uint8Array(8 * 2 ** 20 + 1)], 'train.csv')], true);
  expect(useStudio.getState().problem).toMatchObject({
    message: 'train.csv has 8.1 MB, lists of labels are read up to 8 MB',
    advice: 'Keep the lines of the videos that you have: a part of a list is a list.',
  });
  expect(read).not.toHaveBeenCalled();
  read.mockRestore();
  await takeLabels([new File([`${'a'.repeat(4089)}.mp4 0\n`.repeat(2048)], 'whole.csv')], false); // 8 MB to the byte
  expect(useEvaluation.getState().labelFile?.name).toBe('whole.csv');
});

it('lines without a clip are counted, one or many', async () => {
  const notes = async (text: string) => {
    await takeLabels([new File([text], 'list.csv')], false);
    return useEvaluation.getState().labelFile?.notes;
  };
  expect(await notes('a.mp4 0\n')).toEqual(['1 line names no clip of mine, line 1, a.mp4: add its file.']);
  expect(await notes('a.mp4 0\nb.mp4 1\n')).toEqual([
    '2 lines name no clip of mine, the first is line 1, a.mp4: add its file.',
  ]);
});

it('knows every table that the studio writes by its first line', () => {
  const grid = { t: 1, h: 1, w: 1 };
  const cosines = Float32Array.of(1);
  const report = { rows: [], counts: [], request: {} } as unknown as EvaluationReport;
  const tables = [
    officialLog([], []),
    chartCsv('loss', []),
    tokenCsv(grid, ['error'], Float32Array.of(1)),
    tokensCsv([]),
    groupsCsv([]),
    surpriseCsv([]),
    evaluationCsv(report),
    featuresCsv([{ weights: 'current', value: { grid, map: { kind: 'similarity', layer: 0, token: 0, cosines } } }], 0),
    reachCsv([]),
    nearCsv([], grid, () => ''),
  ];
  for (const table of tables) expect(ownTable(`\uFEFF${table}`)).not.toBeNull();
  for (const list of ['videos/run/1.mp4 0\n', 'path,label\nrun/1.mp4,run\n', 'weights,label\nrun/1.mp4,run\n'])
    expect(ownTable(list)).toBeNull();
});

const clip = (clipId: string, name: string) => ({ clipId, name, source: 'file', frames: 100, labels: {} }) as ClipInfo;
const labels = () => useStudio.getState().clips.map((c) => c.labels.class ?? null);

it('several lists are one, whose lines say where they stand; one that is none is told', async () => {
  useStudio.setState({ clips: [clip('1', 'a.mp4'), clip('2', 'b.mp4')] });
  const [train, odd] = [new File(['b.mp4 1\nc.mp4 1\n'], 'train.csv'), new File(['one.mp4\n'], 'odd.csv')];
  await takeLabels([new File(['a.mp4 0\n'], 'val.csv'), train, odd], false);
  expect(labels()).toEqual(['0', '1']);
  expect(useEvaluation.getState().labelFile).toEqual({
    name: 'train.csv, val.csv',
    matched: 2,
    notes: ['1 line names no clip of mine, line 2 of train.csv, c.mp4: add its file.'],
  });
  expect(useStudio.getState().problem?.message).toMatch(/^odd\.csv: /);
  await takeLabels([new File(['a.mp4 0\n'], 'val.csv'), new File(['a.mp4 1\n'], 'train.csv')], false);
  expect(useEvaluation.getState().labelFile?.notes).toEqual([
    expect.stringMatching(/^Line 1 of train\.csv and line 1 of val\.csv give a\.mp4 two labels, 1 and 0\./),
  ]);
});

it('a list that has become ambiguous labels nothing any more', async () => {
  useStudio.setState({ clips: [clip('1', 'a.mp4'), clip('2', 'b.mp4')] });
  await takeLabels([new File(['a.mp4 jump\nb.mp4 run\n'], 'l.csv')], false);
  expect(labels()).toEqual(['jump', 'run']);
  useStudio.setState({ clips: [...useStudio.getState().clips, clip('3', 'a.mp4')] });
  await vi.waitFor(() => expect(useEvaluation.getState().labelFile?.matched).toBe(0));
  expect(labels()).toEqual([null, null, null]);
});
