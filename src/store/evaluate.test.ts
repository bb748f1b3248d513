// Rows come one by one, the report ends them; what belongs to another job is not taken.

import { beforeEach, expect, it, vi } from 'vitest';
import { preset } from '../core/presets.ts';
import type { EvaluationReport, EvaluationRequest, EvaluationRow } from '../protocol/evaluation.ts';
import type { ClipInfo } from '../protocol/messages.ts';
import { choose, receiveEvaluation, startEvaluation, useEvaluation } from './evaluate.ts';
import { evaluationCsv } from './evaluation-csv.ts';
import { saveEvaluationJson } from './evaluation-export.ts';
import { drawnFrames, drawProceduralClip } from '../video/procedural.ts';
import { viewSide } from './actions.ts';
import { framesOf, headOf, perTubelet, segmentFrames } from './evaluation-clip.ts';
import { recordsOf } from './evaluation-records.ts';
import { filesOf, keptReport } from './kept-report.ts';
import { requestOf } from './evaluation-request.ts';
import { useStudio } from './studio.ts';

const state = () => useEvaluation.getState();
const request = requestOf(state().choices, { run: null, config: preset('nano'), clips: [], kept: [] });

const row = (source: EvaluationRow['source'], tests: number[]): EvaluationRow => ({
  source,
  probe: 'knn',
  share: 1,
  labels: 60,
  trials: tests.map((test, seed) => ({ seed, draw: 0, validation: 0.5, epoch: 0, epochs: 34, test })),
  mean: 0.5,
  deviation: 0.1,
});

const report: EvaluationReport = {
  request,
  step: null,
  beside: null,
  classes: ['a', 'b'],
  counts: [
    [30, 10, 12],
    [30, 10, 8],
  ],
  fingerprint: 'ab'.repeat(32),
  chance: 0.6,
  metric: 'accuracy',
  rows: [row('random', [0.4, 0.6]), row('colour', [0.5])],
  confusion: null,
  warnings: [],
  finishedAt: 0,
  seconds: 1,
};

const jobOf = (): string => {
  startEvaluation(request);
  return state().jobId ?? '';
};

beforeEach(() => useEvaluation.setState(useEvaluation.getInitialState(), true));

it('rows come as they are done and the report ends the job', () => {
  const jobId = jobOf();
  receiveEvaluation({ type: 'evaluationRow', jobId, row: report.rows[0] });
  receiveEvaluation({ type: 'evaluationRow', jobId: 'another', row: report.rows[1] });
  expect(state().rows).toEqual([report.rows[0]]);
  receiveEvaluation({ type: 'evaluated', jobId: 'another', report });
  expect(state().report).toBeNull();
  receiveEvaluation({ type: 'evaluated', jobId, report });
  expect([state().rows.length, state().jobId, state().cancelled]).toEqual([2, null, false]);
  // a late word that the job is over takes nothing away
  receiveEvaluation({ type: 'jobDone', jobId, cancelled: false });
  expect([state().report, state().cancelled]).toEqual([{ ...report, files: {} }, false]);
});

it('a cancelled job keeps its rows and says that it was cancelled; the next one begins empty', () => {
  const jobId = jobOf();
  receiveEvaluation({ type: 'evaluationRow', jobId, row: report.rows[0] });
  receiveEvaluation({ type: 'jobDone', jobId, cancelled: false });
  expect([state().rows.length, state().jobId, state().cancelled]).toEqual([1, null, true]);
  jobOf();
  expect([state().rows.length, state().cancelled]).toEqual([0, false]);
});

it('what failed says why, and a lost device ends only what was running', () => {
  const error = { code: 'gpu-lost', message: 'The GPU is gone.', advice: 'Look again.' } as const;
  receiveEvaluation({ type: 'device', state: { kind: 'none', error } });
  expect(state().error).toBeNull();
  receiveEvaluation({ type: 'evaluationFailed', jobId: jobOf(), error });
  expect([state().error, state().jobId]).toEqual([error, null]);
  choose({ seeds: 3 });
  expect(state().error).toBeNull();
  receiveEvaluation({ type: 'evaluationFailed', jobId: jobOf(), error });
  jobOf();
  expect(state().error).toBeNull();
  receiveEvaluation({ type: 'device', state: { kind: 'none', error } });
  expect([state().error, state().jobId]).toEqual([error, null]);
});

it('the CSV has a line per trial, each with where it comes from', () => {
  const odd: EvaluationReport = {
    ...report,
    request: { ...request, data: { kind: 'library', clipIds: [], axis: '=1+1, "x"', group: 'person' } },
  };
  const [head, ...lines] = evaluationCsv(odd).trimEnd().split('\n');
  expect(head.split(',').slice(0, 11).join(' ')).toBe(
    'task label source probe share labels seed draw epoch validation test',
  );
  expect(lines).toHaveLength(3);
  const settings = '0,,,,person,0.6,0.2,1,1,34,16,0.001,0.01,1,yes,10';
  const end = `accuracy,0.6,2,20,nano,,,target,0,${'ab'.repeat(32)},${settings}`;
  // quoted as RFC 4180 says, and no formula for a spreadsheet
  expect(lines[1]).toBe(`probe,"'=1+1, ""x""",random,knn,1,60,1,0,0,0.5,0.6,${end}`);
  const drawn = evaluationCsv(report)
    .split('\n')
    .map((line) => line.split(','));
  const told = Object.fromEntries(drawn[0].map((name, i) => [name, drawn[1][i]]));
  expect(told).toMatchObject({ clips: '512', clips_seed: '1', noise: '0.03', background: 'plain', neighbours: '10' });
});

it('the browser asks before rows without their report go with the page', () => {
  const listeners: ((event: { preventDefault: () => void }) => void)[] = [];
  vi.stubGlobal('addEventListener', (_: string, listener: (typeof listeners)[number]) => listeners.push(listener));
  let room = true;
  vi.stubGlobal('localStorage', {
    setItem: () => {
      if (!room) throw new DOMException('full', 'QuotaExceededError');
    },
    removeItem: () => {},
  });
  const asked = () => {
    const preventDefault = vi.fn<() => void>();
    listeners[0]?.({ preventDefault });
    return preventDefault.mock.calls.length;
  };
  startEvaluation(request);
  expect(asked()).toBe(1);
  receiveEvaluation({ type: 'evaluated', jobId: state().jobId!, report });
  expect(asked()).toBe(0);
  startEvaluation(request);
  receiveEvaluation({ type: 'jobDone', jobId: state().jobId!, cancelled: true });
  expect(asked()).toBe(0); // nothing came
  room = false;
  startEvaluation(request);
  receiveEvaluation({ type: 'evaluated', jobId: state().jobId!, report });
  expect(asked()).toBe(1); // it could not be kept
  startEvaluation(request);
  receiveEvaluation({ type: 'evaluationRow', jobId: state().jobId!, row: row('random', [0.5]) });
  receiveEvaluation({ type: 'jobDone', jobId: state().jobId!, cancelled: true });
  expect(asked()).toBe(1);
  vi.unstubAllGlobals();
});

it('the last report is there at the next visit; one that is not whole, or of another form, is not', async () => {
  const stored = new Map<string, string>();
  const getItem = (key: string) => stored.get(key) ?? null;
  vi.stubGlobal('localStorage', { getItem, setItem: (key: string, text: string) => void stored.set(key, text) });
  startEvaluation(request);
  receiveEvaluation({ type: 'evaluated', jobId: 'another', report });
  expect(keptReport()).toBeNull();
  receiveEvaluation({ type: 'evaluated', jobId: state().jobId!, report });
  expect(keptReport()).toEqual({ ...report, files: {} });
  vi.resetModules();
  const later = (await import('./evaluate.ts')).useEvaluation.getState();
  expect(later).toMatchObject({ report, rows: report.rows, request, jobId: null, reportJob: null, isKept: true });
  const [[place, text]] = stored;
  for (const other of [
    text.replace('evaluation 1', 'evaluation 2'),
    text.replace('"rows":[', '"rose":['),
    '{',
    'null',
  ]) {
    stored.set(place, other);
    expect(keptReport(), other).toBeNull();
  }
  vi.unstubAllGlobals();
});

it('in the JSON a single trial has no spread, and clips of the user their paths', async () => {
  const saved: Blob[] = [];
  vi.stubGlobal('document', { createElement: () => ({ click: () => {} }) });
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => `${saved.push(blob as Blob)}`);
  const rows = [row('trained', [0.6]), row('random', [0.5, 0.7])];
  const data: EvaluationRequest['data'] = { kind: 'library', clipIds: ['c-1', 'c-2'], axis: 'folder', group: null };
  useStudio.setState({ clips: [{ clipId: 'c-1', name: 'one.mp4' } as ClipInfo] });
  const asked = { ...request, data };
  saveEvaluationJson({ ...report, rows, request: asked, files: filesOf(asked) });
  const told = JSON.parse(await saved[0].text()) as { report: EvaluationReport };
  expect(told.report.rows.map((r) => r.deviation)).toEqual([null, 0.1]);
  expect(told.report.files).toEqual({ 'c-1': 'one.mp4' });
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it('trials of the kept run beside it are told as its own', () => {
  const beside = { runId: 'kept-7', label: 'its twin' };
  const both: EvaluationReport = {
    ...report,
    request: { ...request, runId: 'mine', beside },
    step: 40,
    beside: { label: beside.label, target: 'pixels', step: 90 },
    rows: [
      { ...report.rows[0], source: 'trained' },
      { ...report.rows[0], source: 'beside' },
    ],
  };
  const [head, ...lines] = evaluationCsv(both).trimEnd().split('\n');
  const names = head.split(',');
  const told = lines.map((line) => ['source', 'run', 'step'].map((name) => line.split(',')[names.indexOf(name)]));
  expect(new Set(told.map((parts) => parts.join(' ')))).toEqual(new Set(['trained mine 40', 'beside kept-7 90']));
});

it('a clip is shown as far as the network saw it: three views are as high as the frame, one is cut from its middle', async () => {
  const shown = async (views: 1 | 3) => (await framesOf({ kind: 'drawn', index: 5 }, { ...request, views }, 0)).rgba[0];
  if (request.data.kind !== 'drawn') throw new Error('drawn clips are what is asked first');
  const { seed, noise, background } = request.data;
  const start = segmentFrames(request, drawnFrames, 0)[0];
  const { rgb } = drawProceduralClip(seed, 5, { frames: 1, start, side: viewSide, noise, background });
  expect([...(await shown(3))].filter((_, i) => i % 4 < 3)).toEqual([...rgb]);
  expect(await shown(1)).toHaveLength(viewSide * viewSide * 4);
  expect(await shown(1)).not.toEqual(await shown(3));
});

it('heads are taken one by one or on average, and summed over each tubelet', () => {
  // 2 heads over 2 tubelets of 2 tokens
  const weights = new Float32Array([0.5, 0.25, 0.25, 0, 0, 0.25, 0.25, 0.5]);
  const attention = { heads: 2, weights, answer: [1] };
  expect([...headOf(attention, 1)]).toEqual([0, 0.25, 0.25, 0.5]);
  expect([...headOf(attention, null)]).toEqual([0.25, 0.25, 0.25, 0.25]);
  expect(perTubelet(headOf(attention, 0), 2)).toEqual([0.75, 0.25]);
});

it('recorded experiments are taken when they are whole', () => {
  const whole = {
    id: 'E1',
    title: 'Attentive against average pooling',
    question: 'Does it help?',
    paper: '+17 points',
    how: '300 steps; 180 test clips.',
    found: [
      {
        text: '+3 points',
        holds: 'unclear',
        difference: { name: 'a minus b', mean: 3, interval: { low: -1, high: 7 } },
      },
      { text: 'a sentence', holds: null, difference: null },
    ],
    holds: 'unclear',
    rows: [{ label: 'attentive', n: 3, mean: 0.6, deviation: 0.02, unit: '' }],
  };
  const broken = [
    { ...whole, holds: 'maybe' },
    { ...whole, found: [{ text: '+3 points', holds: 'maybe', difference: null }] },
    { ...whole, found: [{ text: '+3 points', holds: 'yes', difference: { name: 'a minus b', mean: '3' } }] },
    { ...whole, rows: [{ label: 'x', n: '3' }] },
    null,
    7,
  ];
  const rule = 'It holds above zero.';
  expect(recordsOf({ rule, experiments: [whole, ...broken] })).toEqual({ rule, presets: null, experiments: [whole] });
  for (const nothing of [null, [], 'x', {}, { experiments: 3 }])
    expect(recordsOf(nothing)).toEqual({ rule: '', presets: null, experiments: [] });
});

it('an opened clip shows the frames that were evaluated: 8 over a window of 16, its end the last frame in it', () => {
  // 16 / 7 = 2.29 between two frames, cut down to whole ones (numpy.linspace of the official loader)
  expect(segmentFrames(request, 64, 0)).toEqual([0, 2, 4, 6, 9, 11, 13, 15]);
  // two segments: the second begins where the second half does
  expect(segmentFrames({ ...request, segments: 2 }, 64, 1)).toEqual([32, 34, 36, 38, 41, 43, 45, 47]);
});
