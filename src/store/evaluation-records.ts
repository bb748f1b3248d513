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

export interface RecordedStatement {
  text: string;
  /** of this part of the claim; null where only the whole is judged */
  holds: RecordedVerdict | null;
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

const isRow = (v: unknown): v is RecordedRow =>
  isObject(v) &&
  typeof v.label === 'string' &&
  typeof v.unit === 'string' &&
  [v.n, v.mean, v.deviation].every((n) => typeof n === 'number' && Number.isFinite(n));

const isVerdict = (v: unknown): v is RecordedVerdict => v === 'yes' || v === 'no' || v === 'unclear';

const isStatement = (v: unknown): v is RecordedStatement =>
  isObject(v) && typeof v.text === 'string' && (v.holds === null || isVerdict(v.holds));

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
  experiments: RecordedExperiment[];
}

/** What a parsed file holds; experiments that are not whole are left out. */
export const recordsOf = (parsed: unknown): Records => ({
  rule: isObject(parsed) && typeof parsed.rule === 'string' ? parsed.rule : '',
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
