// Experiments that were recorded with the studio and lie beside the page: what a paper found, and what came out here.

import { isObject } from '../core/is-object.ts';

export interface RecordedRow {
  label: string;
  n: number;
  mean: number;
  deviation: number;
  unit: string;
}

export interface RecordedExperiment {
  id: string;
  title: string;
  question: string;
  /** what the article or others report of it */
  paper: string;
  /** what was trained on what, how it was asked and judged */
  how: string;
  found: string;
  holds: 'yes' | 'no' | 'unclear';
  rows: RecordedRow[];
}

const isRow = (v: unknown): v is RecordedRow =>
  isObject(v) &&
  typeof v.label === 'string' &&
  typeof v.unit === 'string' &&
  [v.n, v.mean, v.deviation].every((n) => typeof n === 'number' && Number.isFinite(n));

const isExperiment = (v: unknown): v is RecordedExperiment =>
  isObject(v) &&
  [v.id, v.title, v.question, v.paper, v.how, v.found].every((t) => typeof t === 'string') &&
  (v.holds === 'yes' || v.holds === 'no' || v.holds === 'unclear') &&
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
