// Experiments that were recorded with the studio and lie beside the page: what a paper found, and what came out here.

import { isObject } from '../core/is-object.ts';

export interface RecordedRow {
  label: string;
  n: number;
  mean: number;
  deviation: number;
  unit: string;
}

export type RecordedVerdict = 'yes' | 'no' | 'unclear';

/** In points of a hundred; no interval of fewer than two seeds. */
export interface RecordedDifference {
  name: string;
  mean: number;
  interval: { low: number; high: number } | null;
}

export interface RecordedStatement {
  text: string;
  /** of this part of the claim; null where only the whole is judged */
  holds: RecordedVerdict | null;
  /** null where the claim is not a difference */
  difference: RecordedDifference | null;
}

export interface RecordedExperiment {
  id: string;
  title: string;
  question: string;
  /** what the article or others report of it */
  paper: string;
  /** what was trained on what, how it was asked and judged */
  how: string;
  found: RecordedStatement[];
  holds: RecordedVerdict;
  rows: RecordedRow[];
}

/** Over n seeds. */
export interface RecordedFigure {
  mean: number;
  deviation: number;
  n: number;
}

/** What whole runs of presets took, and what their frozen features answered. */
export interface RecordedPresets {
  /** chance in % */
  questions: { axis: string; labels: number; chance: number }[];
  rows: {
    label: string;
    /** 0 for random weights */
    steps: number;
    minutes: RecordedFigure | null;
    loss: RecordedFigure | null;
    rank: RecordedFigure | null;
    /** % right, as many as there are questions */
    answers: (RecordedFigure | null)[];
  }[];
}

const isNumber = (v: unknown): v is number => typeof v === 'number' && Number.isFinite(v);

const isFigure = (v: unknown): v is RecordedFigure =>
  isObject(v) && isNumber(v.mean) && isNumber(v.deviation) && isNumber(v.n);

const isFigureOrNull = (v: unknown): v is RecordedFigure | null => v === null || isFigure(v);

const isPresets = (v: unknown): v is RecordedPresets => {
  if (!isObject(v)) return false;
  const { questions, rows } = v;
  return (
    Array.isArray(questions) &&
    questions.every((q) => isObject(q) && typeof q.axis === 'string' && isNumber(q.labels) && isNumber(q.chance)) &&
    Array.isArray(rows) &&
    rows.every(
      (r) =>
        isObject(r) &&
        typeof r.label === 'string' &&
        isNumber(r.steps) &&
        [r.minutes, r.loss, r.rank].every(isFigureOrNull) &&
        Array.isArray(r.answers) &&
        r.answers.length === questions.length &&
        r.answers.every(isFigureOrNull),
    )
  );
};

const isDifference = (v: unknown): v is RecordedDifference =>
  isObject(v) &&
  typeof v.name === 'string' &&
  isNumber(v.mean) &&
  (v.interval === null || (isObject(v.interval) && isNumber(v.interval.low) && isNumber(v.interval.high)));

const isRow = (v: unknown): v is RecordedRow =>
  isObject(v) &&
  typeof v.label === 'string' &&
  typeof v.unit === 'string' &&
  [v.n, v.mean, v.deviation].every(isNumber);

const isVerdict = (v: unknown): v is RecordedVerdict => v === 'yes' || v === 'no' || v === 'unclear';

const isStatement = (v: unknown): v is RecordedStatement =>
  isObject(v) &&
  typeof v.text === 'string' &&
  (v.holds === null || isVerdict(v.holds)) &&
  (v.difference === null || isDifference(v.difference));

const isExperiment = (v: unknown): v is RecordedExperiment =>
  isObject(v) &&
  [v.id, v.title, v.question, v.paper, v.how].every((t) => typeof t === 'string') &&
  isVerdict(v.holds) &&
  Array.isArray(v.found) &&
  v.found.every(isStatement) &&
  Array.isArray(v.rows) &&
  v.rows.every(isRow);

export interface Records {
  /** when a claim holds */
  rule: string;
  presets: RecordedPresets | null;
  experiments: RecordedExperiment[];
}

/** What a parsed file holds; what is not whole is left out. */
export const recordsOf = (parsed: unknown): Records => ({
  rule: isObject(parsed) && typeof parsed.rule === 'string' ? parsed.rule : '',
  presets: isObject(parsed) && isPresets(parsed.presets) ? parsed.presets : null,
  experiments: isObject(parsed) && Array.isArray(parsed.experiments) ? parsed.experiments.filter(isExperiment) : [],
});

let loading: Promise<Records> | null = null;

async function load(): Promise<Records> {
  try {
    const response = await fetch('./experiments.json');
    const parsed: unknown = await response.json();
    return recordsOf(parsed);
  } catch {
    return recordsOf(null); // a copy without them: everything else works
  }
}

/** Read once, when they are first asked for. */
export const loadExperiments = (): Promise<Records> => (loading ??= load());
