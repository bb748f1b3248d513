// What the Evaluate screen would ask now, the classes it would ask about, and what is wrong with it.

import { useMemo } from 'react';
import { calledRun } from '../core/run-name.ts';
import type { EvaluationRequest } from '../protocol/evaluation.ts';
import { useEvaluation } from '../store/evaluate.ts';
import {
  checkRequest,
  classCounts,
  type ClassCount,
  type Findings,
  type Parted,
  requestOf,
} from '../store/evaluation-request.ts';
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

let counted: { of: readonly unknown[]; counts: ClassCount[] } | null = null;

/** Thousands of clips may be parted: once for all panels, and again only when what says how they are parted is another. */
function countsOf(choices: Parted, clips: readonly ClipInfo[]): ClassCount[] {
  const { data, drawn, library, task, split } = choices;
  const of = data === 'drawn' ? [task, drawn.seed, drawn.clips, drawn.axis, split] : [library, split, clips];
  if (counted?.of.length !== of.length || counted.of.some((part, i) => part !== of[i]))
    counted = { of, counts: classCounts(choices, clips) };
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
