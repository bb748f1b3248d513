// What the Evaluate screen would ask now, the classes it would ask about, and what is wrong with it.

import { useMemo } from 'react';
import { calledRun } from '../core/run-name.ts';
import type { EvaluationRequest } from '../protocol/evaluation.ts';
import { type EvaluationChoices, useEvaluation } from '../store/evaluate.ts';
import { checkRequest, classCounts, type ClassCount, type Findings, requestOf } from '../store/evaluation-request.ts';
import { useKeep } from '../store/keep.ts';
import { useStudio } from '../store/studio.ts';
import type { KeptRun } from '../protocol/keeping.ts';
import type { ClipInfo } from '../protocol/messages.ts';

/** A kept run as it stands beside another. */
export const keptLabel = ({ runId, preset, note }: KeptRun): { runId: string; label: string } => ({
  runId,
  label: `${calledRun(runId, note.name)}, ${preset}`,
});

export interface Asked extends Findings {
  request: EvaluationRequest;
  counts: ClassCount[];
}

let counted: { of: EvaluationChoices; in: readonly ClipInfo[]; counts: ClassCount[] } | null = null;

/** Thousands of clips may be parted: once for all panels, and not again with every step of a run. */
function countsOf(choices: EvaluationChoices, clips: readonly ClipInfo[]): ClassCount[] {
  if (counted?.of !== choices || counted.in !== clips)
    counted = { of: choices, in: clips, counts: classCounts(choices, clips) };
  return counted.counts;
}

export function useAsked(): Asked {
  const choices = useEvaluation((s) => s.choices);
  const run = useStudio((s) => s.run);
  const config = useStudio((s) => s.config);
  const clips = useStudio((s) => s.clips);
  const runs = useKeep((s) => s.runs);
  return useMemo(() => {
    const request = requestOf(choices, { run, config, clips, kept: runs.map(keptLabel) });
    const counts = countsOf(choices, clips);
    return { request, counts, ...checkRequest(request, counts, clips) };
  }, [choices, run, config, clips, runs]);
}

/** The sentence about a field, if there is one. */
export const problemOf = (asked: Asked, field: string): string | undefined =>
  asked.obstacles.find((o) => o.field === field)?.message;
