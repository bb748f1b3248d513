// A training step in slow motion: what the worker told of it, and which of its stages is shown.

import { create } from 'zustand';
import { type SlowStep, slowStages } from '../protocol/slow.ts';
import { showProblem } from './actions.ts';
import { ask } from './engine.ts';
import { patch, useStudio, type ViewedClip } from './studio.ts';

export interface Slow {
  /** the newest, and the run that took it */
  shown: { runId: string; slow: SlowStep } | null;
  /** index into slowStages */
  stage: number;
  /** goes from stage to stage by itself */
  playing: boolean;
  /** a step is being taken */
  pending: boolean;
}

export const useSlow = create<Slow>(() => ({ shown: null, stage: 0, playing: false, pending: false }));
const set = useSlow.setState;

/** Whether the step that is being taken is to be shown: not when slow motion was closed meanwhile, and not asked for again. */
let wanted = false;
/** Whether the clip on the stage played before a step was shown in its place. */
let played = false;

/** What is shown of a run: null when another one took the step. */
export const slowOf = ({ shown }: Slow, run: { runId: string } | null): SlowStep | null =>
  shown && shown.runId === run?.runId ? shown.slow : null;

/** The clip of a step, as it was trained on. */
export const clipOf = ({ side, rgba }: SlowStep): ViewedClip => ({
  clipId: '',
  name: '',
  start: 0,
  side,
  times: [],
  rgba,
});

/** Takes the next step of the run in slow motion; a running run pauses behind it. */
export async function takeSlowStep(): Promise<void> {
  const { run } = useStudio.getState();
  if (!run || (run.state !== 'running' && run.state !== 'paused')) return;
  wanted = true;
  if (useSlow.getState().pending) return;
  set({ pending: true });
  try {
    const { slow } = await ask('slowStep', { type: 'slowly', runId: run.runId });
    if (!wanted) return;
    if (!useSlow.getState().shown) played = useStudio.getState().playing;
    set({ shown: { runId: run.runId, slow }, stage: 0, playing: false });
    patch({ playing: false, maskSet: Math.min(useStudio.getState().maskSet, slow.sets.length - 1) });
  } catch (error) {
    showProblem(error);
  } finally {
    set({ pending: false });
  }
}

export function closeSlow(): void {
  wanted = false;
  if (useSlow.getState().shown && played) patch({ playing: true });
  set({ shown: null, playing: false });
}

// a run that goes on is what the stage shows
useStudio.subscribe(({ run }, before) => {
  const resumed = run?.state === 'running' && before.run?.state === 'paused' && run.runId === before.run.runId;
  if (resumed && useSlow.getState().shown) closeSlow();
});

export const showStage = (stage: number): void =>
  set({ stage: Math.min(Math.max(stage, 0), slowStages.length - 1), playing: false });

export const playStages = (playing: boolean): void =>
  set(({ stage }) => ({ playing, stage: playing && stage === slowStages.length - 1 ? 0 : stage }));

/** One stage on; behind the last one it stops. */
export const nextStage = (): void =>
  set(({ stage }) => (stage + 1 < slowStages.length ? { stage: stage + 1 } : { playing: false }));
