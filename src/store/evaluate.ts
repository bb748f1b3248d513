// What the Evaluate screen knows: what is asked and how, the rows as they come, the report, and the cell and clip that are
// looked at. Lives as long as the page, whatever screen is open.

import { create } from 'zustand';
import type { ErrorReport } from '../core/errors.ts';
import {
  type EvaluationReport,
  type EvaluationRequest,
  type EvaluationRow,
  type ChosenSource,
  featureSources,
  probeKinds,
  type ProbeKind,
  type ProbeRecipe,
} from '../protocol/evaluation.ts';
import type { Event } from '../protocol/messages.ts';
import { hear, send } from './engine.ts';
import { filesOf, keepReport, keptReport } from './kept-report.ts';

/** Everything that can be chosen; run, settings and clips join it when it is asked (evaluation-request.ts). */
export interface EvaluationChoices {
  weights: 'run' | 'random';
  /** a kept run that is asked the same */
  beside: string | null;
  network: 'target' | 'encoder';
  data: 'drawn' | 'library';
  drawn: { seed: number; clips: number; axis: string; noise: number; background: 'plain' | 'textured' };
  library: { axis: string; group: string | null };
  split: { train: number; validation: number; seed: number };
  task: EvaluationRequest['task'];
  probes: ProbeKind[];
  sources: ChosenSource[];
  shares: number[];
  seeds: number;
  segments: number;
  views: 1 | 3;
  recipe: ProbeRecipe;
}

/** The article's frozen evaluation: AdamW, 0.001 by cosine to 0, weight decay 0.01, 20 passes, one complete block. */
const officialRecipe: ProbeRecipe = {
  epochs: 20,
  batchSize: 16,
  lr: 1e-3,
  weightDecay: 0.01,
  depth: 1,
  completeBlock: true,
  neighbours: 10,
};

/** Shares of the labels in Table 7, and all of them. */
export const fewLabels: readonly number[] = [0.05, 0.1, 0.5, 1];

/** The question is one that the small presets were recorded to learn: they know direction, and at shape they stay near chance. */
const first: EvaluationChoices = {
  weights: 'run',
  beside: null,
  network: 'target',
  data: 'drawn',
  drawn: { seed: 1, clips: 512, axis: 'direction', noise: 0.03, background: 'plain' },
  library: { axis: 'folder', group: null },
  split: { train: 0.6, validation: 0.2, seed: 0 },
  task: 'probe',
  probes: [...probeKinds],
  sources: [...featureSources],
  shares: [1],
  seeds: 3,
  segments: 1,
  views: 1,
  recipe: officialRecipe,
};

/** What is asked, and about which weights: no way to begin changes that. */
const kept = ({ weights, beside, data, library, split }: EvaluationChoices) => ({
  weights,
  beside,
  data,
  library,
  split,
});

/** Drawn clips of a quick look. */
const quickClips = 192;

/** Minutes of a coffee, on the chosen data: the two probes that the recorded presets were asked with, one seed, few clips. */
export const quickLook = (now: EvaluationChoices): EvaluationChoices => ({
  ...first,
  ...kept(now),
  drawn: { ...now.drawn, clips: Math.min(now.drawn.clips, quickClips) },
  probes: ['attentive', 'linear'],
  seeds: 1,
});

/** All probes and controls with all labels, three seeds: what is chosen at first. */
export const usualProtocol = (now: EvaluationChoices): EvaluationChoices => ({
  ...first,
  ...kept(now),
  drawn: { ...now.drawn, clips: Math.max(now.drawn.clips, first.drawn.clips) },
});

/** The article's protocol on the chosen data: all probes and controls, few labels, three seeds. */
export const fullProtocol = (now: EvaluationChoices): EvaluationChoices => ({
  ...usualProtocol(now),
  shares: [...fewLabels],
  // the article takes 8 segments × 3 views of a video; a drawn clip has no more to show than one
  ...(now.data === 'library' && { segments: 8, views: 3 as const }),
});

type Finished = Pick<EvaluationState, 'request' | 'rows' | 'report' | 'reportJob'>;

export interface EvaluationState {
  choices: EvaluationChoices;
  jobId: string | null;
  /** what is being computed, or was last */
  request: EvaluationRequest | null;
  rows: EvaluationRow[];
  report: EvaluationReport | null;
  /** the report is there at the next visit */
  isKept: boolean;
  /** job that the report came from; null: of an earlier visit */
  reportJob: string | null;
  /** the finished one before, which can be had back */
  before: Finished | null;
  error: ErrorReport | null;
  /** ended before its report; the rows that came stay */
  cancelled: boolean;
  /** the cell of the confusion matrix whose clips are listed */
  cell: { truth: number; answer: number } | null;
  /** place of the opened clip in the list of the confusion */
  opened: number | null;
  /** the file that gave clips their labels, and what could not be matched */
  labelFile: { name: string; matched: number; notes: string[] } | null;
}

/** The last one of an earlier visit; its probe is gone, so nobody can look with it. */
const left = keptReport();

export const useEvaluation = create<EvaluationState>(() => ({
  choices: first,
  jobId: null,
  request: left?.request ?? null,
  rows: left?.rows ?? [],
  report: left,
  isKept: left !== null,
  reportJob: null,
  before: null,
  error: null,
  cancelled: false,
  cell: null,
  opened: null,
  labelFile: null,
}));

const set = useEvaluation.setState;

export const patchEvaluation = (part: Partial<EvaluationState>): void => set(part);

/** Another choice is another question: why the last one was refused is told no more. */
export const choose = (part: Partial<EvaluationChoices>): void =>
  set(({ choices }) => ({ choices: { ...choices, ...part }, error: null }));

let jobs = 0;

/** Rows without a report that is kept: the browser asks before they go with the page. */
const askBeforeLeaving = (event: BeforeUnloadEvent): void => {
  const { jobId, rows, report, isKept } = useEvaluation.getState();
  if (jobId !== null || (rows.length && !(report && isKept))) event.preventDefault();
};

function told(report: EvaluationReport): Pick<EvaluationState, 'report' | 'isKept'> {
  const whole = { ...report, files: filesOf(report.request) };
  return { report: whole, isKept: keepReport(whole) };
}

export function startEvaluation(request: EvaluationRequest): void {
  globalThis.addEventListener?.('beforeunload', askBeforeLeaving); // once, however often
  const jobId = `evaluation ${++jobs}`;
  set((s) => ({
    jobId,
    before: finishedOf(s) ?? s.before,
    request,
    rows: [],
    report: null,
    error: null,
    cancelled: false,
    cell: null,
    opened: null,
  }));
  send({ type: 'evaluate', jobId, request });
}

const finishedOf = ({ request, rows, report, reportJob }: EvaluationState): Finished | null =>
  report ? { request, rows, report, reportJob } : null;

/** Shows the finished evaluation before this one, and keeps this one for the way back if it has its report. */
export const showBefore = (): void =>
  set((s) =>
    s.before && !s.jobId
      ? { ...s.before, before: finishedOf(s), error: null, cancelled: false, cell: null, opened: null }
      : {},
  );

export function cancelEvaluation(): void {
  const { jobId } = useEvaluation.getState();
  if (jobId) send({ type: 'cancel', jobId });
}

// ---------------------------------------------------------------- what the worker says

hear(receiveEvaluation);

export function receiveEvaluation(event: Event): void {
  const mine = (jobId: string, part: (s: EvaluationState) => Partial<EvaluationState>) =>
    set((s) => (s.jobId === jobId ? part(s) : {}));
  switch (event.type) {
    case 'evaluationRow':
      return mine(event.jobId, ({ rows }) => ({ rows: [...rows, event.row] }));
    case 'evaluated':
      return mine(event.jobId, () => ({
        ...told(event.report),
        reportJob: event.jobId,
        rows: event.report.rows,
        jobId: null,
      }));
    case 'evaluationFailed':
      return mine(event.jobId, () => ({ error: event.error, jobId: null }));
    case 'jobDone': // with a report before or without one
      return mine(event.jobId, ({ report }) => ({ jobId: null, cancelled: report === null }));
    case 'device': {
      // the GPU or the worker is gone, and nobody is left to say so
      const { state } = event;
      if (state.kind === 'none') set(({ jobId }) => (jobId === null ? {} : { error: state.error, jobId: null }));
    }
  }
}
