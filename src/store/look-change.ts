// The change that is made to the shown video, to see whether prediction notices it.

import { reportError } from '../core/errors.ts';
import type { Provocation } from '../core/provocation.ts';
import { viewSide } from './actions.ts';
import { ask } from './engine.ts';
import { cancelLook, goToFrame, measureSurprise, surprisingNow, useLook } from './look.ts';
import { useStudio } from './studio.ts';

const set = useLook.setState;

let asked = 0;
/** Reads the changed video where the stage stands. */
export async function readChanged(): Promise<void> {
  const mine = ++asked;
  const { provocation } = useLook.getState();
  const { viewed, run } = useStudio.getState();
  if (!provocation || !viewed || !run) return set({ changed: null });
  const { clipId, name, start } = viewed;
  const { samplingRate: stride } = run.config.data;
  try {
    const { frames } = await ask('clipFrames', {
      type: 'readProvoked',
      clipId,
      provocation,
      start,
      stride,
      frames: run.config.model.frames,
      side: viewSide,
    });
    if (mine === asked)
      set({ changed: { clipId, name, start, side: frames.side, times: frames.times, rgba: frames.rgba } });
  } catch (error) {
    if (mine === asked) set({ changed: null, provocation: null, error: reportError(error) });
  }
}

/** Changes the shown video, or gives it back as it was. What is measured of it meanwhile follows. */
export function provokeWith(provocation: Provocation | null): void {
  const { viewed, run } = useStudio.getState();
  set({ provocation, provoked: provocation && (viewed?.clipId ?? null), changed: null });
  void readChanged();
  const { surprises } = useLook.getState();
  const known = surprises.some((f) => f.clipId === viewed?.clipId && f.runId === run?.runId && !f.provocation);
  const asked = surprisingNow();
  const follows = asked === 'this' || asked === 'this video otherwise';
  // the new curve beside the old one
  if (provocation ? known || follows : follows && !known) void measureSurprise();
  else if (follows && !provocation) cancelLook('surprising');
}

/** A change is of one clip: it ends when another one is on the stage, or when the film that was spliced in is gone. */
export function endForeignChange(): void {
  const { viewed, clips } = useStudio.getState();
  const { provocation, provoked } = useLook.getState();
  if (!provocation || !viewed) return;
  const gone = provocation.kind === 'splice' && !clips.some(({ clipId }) => clipId === provocation.clipId);
  if (!gone && provoked === viewed.clipId) return;
  // what was measured of it is not gone on with, nor of the clip that is shown now without being asked
  if (useLook.getState().asked.surprising?.clipId === provoked) cancelLook('surprising');
  set({ provocation: null, provoked: null });
  void readChanged();
}

/** Brings the beginning of the change on the stage, with half a window before it. */
export async function goToChange(): Promise<void> {
  const { run } = useStudio.getState();
  const { provocation } = useLook.getState();
  if (!run || !provocation) return;
  const { model, data } = run.config;
  await goToFrame(provocation.from, data.samplingRate * Math.floor(model.frames / 2));
}
