// What the page knows of runs that are kept on this device: the list, the last save, what may go wrong with them. Asks for
// saves when the page is about to go away.

import { create } from 'zustand';
import { checkConfig } from '../core/config.ts';
import { type ErrorReport, reportFile } from '../core/errors.ts';
import { settingsAt } from '../core/run-changes.ts';
import { calledRun } from '../core/run-name.ts';
import { type NoteChange, withNote } from '../core/run-note.ts';
import type { KeptRun, StorageReport } from '../protocol/keeping.ts';
import type { Event } from '../protocol/messages.ts';
import { applyConfig, avoidNames, isActive, showProblem, wake } from './actions.ts';
import { ask, send } from './engine.ts';
import { healthBegins } from './health.ts';
import { remember, remembered } from './remembered.ts';
import { inFileName, saveFile } from './save-file.ts';
import { followClips } from './start.ts';
import { newRun, patch, type RunView, useStudio } from './studio.ts';
import { isSetAside, setAside, takeBackUp } from './set-aside.ts';
import { changeOnItsWay, noteArrived, noteLeaves, unwrittenNotes } from './unwritten-notes.ts';

export interface Keep {
  runs: KeptRun[];
  /** deleted, and still to be had back */
  leaving: KeptRun[];
  storage: StorageReport | null;
  /** nothing can be kept here */
  problem: ErrorReport | null;
  /** the last save of the run on the page; bytes 0: it was read, not written */
  saved: { runId: string; step: number; savedAt: number; bytes: number } | null;
  /** when learning rate or EMA of a run were changed last */
  changedAt: { runId: string; at: number } | null;
  /** why the last save of a run did not succeed */
  saveProblem: { runId: string; error: ErrorReport } | null;
  /** run that is being read */
  opening: string | null;
  /** the run that the page offers to take up; null once that was answered, undefined until it is known */
  offered: string | null | undefined;
  /** the run that came in as a file last, until it is dismissed */
  arrived: string | null;
  /** what is not as it was since a run was taken up again */
  notes: { runId: string; lines: string[] } | null;
  /** seconds between two saves */
  seconds: number;
  /** what stands in their field */
  written: number;
}

const place = 'autosave';
export const leastSeconds = 1;
export const mostSeconds = 600;

export const useKeep = create<Keep>(() => ({
  runs: [],
  leaving: [],
  storage: null,
  problem: null,
  saved: null,
  changedAt: null,
  saveProblem: null,
  opening: null,
  offered: undefined,
  arrived: null,
  notes: null,
  seconds: 10,
  written: 10,
}));

const set = useKeep.setState;
const state = () => useKeep.getState();

/** Looks for kept runs, and saves whenever the page may be leaving. */
export function beginKeeping(): void {
  send({ type: 'look' });
  const seconds = Number(remembered(place));
  if (isInterval(seconds)) chooseSeconds(seconds);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') saveNow();
    // another tab may have taken one, or given it back
    else if (state().runs.length) send({ type: 'look' });
  });
  addEventListener('pagehide', saveNow);
  // who has paused or stopped a run, or changed it, believes that to be kept: the browser asks while it is not yet
  addEventListener('beforeunload', (event) => {
    const { run } = useStudio.getState();
    if (run && isUnsaved(run, state())) event.preventDefault();
  });
}

/** Whether a run that rests or has ended, or a change of one that trains, is not saved yet. */
export function isUnsaved(run: RunView, { saved, changedAt }: Pick<Keep, 'saved' | 'changedAt'>): boolean {
  if (run.weightless || run.state === 'failed' || run.state === 'preparing') return false;
  const mine = saved?.runId === run.runId ? saved : null;
  if (changedAt?.runId === run.runId && (mine?.savedAt ?? 0) < changedAt.at) return true;
  return run.state !== 'running' && run.step > (mine?.step ?? 0);
}

/** Learning rate or EMA of a run were changed now. */
export const runChanged = (runId: string): void => set({ changedAt: { runId, at: Date.now() } });

const isInterval = (seconds: number): boolean => seconds >= leastSeconds && seconds <= mostSeconds;

/** What is wrong with what stands in the field. */
export const secondsProblem = (written: number): string | undefined =>
  isInterval(written)
    ? undefined
    : `${Number.isNaN(written) ? 'no number' : `${written} s`}: choose ${leastSeconds} to ${mostSeconds} seconds`;

/** What cannot be stays written in its field, and the interval before stays in force. */
export function chooseSeconds(written: number): void {
  set({ written });
  if (!isInterval(written)) return;
  set({ seconds: written });
  send({ type: 'autosave', seconds: written });
  remember(place, written);
}

function saveNow(): void {
  const { run } = useStudio.getState();
  if (run && !run.weightless && run.state !== 'failed') send({ type: 'save', runId: run.runId });
}

// ---------------------------------------------------------------- what the worker says

export function receiveKept({ runs: told, storage }: Extract<Event, { type: 'kept' }>): void {
  const { offered } = state();
  // it may have been read before what the user said last was written
  const all = told.map((run) => ({ ...run, note: withNote(run.note, changeOnItsWay(run.runId), run.step) }));
  const runs = all.filter(({ note }) => note.leaves === null);
  // in the order in which they were deleted
  const leaving = all
    .filter(({ note }) => note.leaves !== null)
    .toSorted((a, b) => (a.note.leaves ?? 0) - (b.note.leaves ?? 0));
  // what was found with the first look is offered, once
  const newest = runs.find((run) => run.step < run.total && run.note.name !== ofLesson);
  const found = newest && !isSetAside(newest.runId, newest.step) ? newest.runId : null;
  const first = offered === undefined ? found : offered;
  set({ runs, leaving, storage, problem: null, offered: first });
  // room may have been made for what could not be kept
  if (state().saveProblem) saveNow();
  if (offered === undefined) writeUnwritten(all);
}

/** What a page that went away had still to write. */
function writeUnwritten(runs: readonly KeptRun[]): void {
  for (const [runId, change] of unwrittenNotes()) {
    if (runs.some((run) => run.runId === runId)) void describeRun(runId, change);
    else noteArrived(runId); // it is gone, and with it what was said of it
  }
}

/** What a run is called, kept or not. */
export function nameOfRun(runId: string): string {
  const kept = state().runs.find((run) => run.runId === runId);
  const comesAlong = useStudio.getState().stored?.runId === runId;
  return calledRun(runId, kept ? kept.note.name : comesAlong ? readyMade : '');
}

/** A run of the lesson, as it is kept unless it is renamed; it is not offered of itself. */
export const ofLesson = 'from the lesson';

/** The run that comes with the studio, as it is kept unless it is renamed. */
export const readyMade = 'ready-made';

avoidNames((runId) => {
  const name = calledRun(runId, '');
  return [...state().runs, ...state().leaving].some((run) => calledRun(run.runId, run.note.name) === name);
});

/** Steps of the run on the page that are kept, before the one it has reached. */
export function keptSteps(): number[] {
  const { run } = useStudio.getState();
  const kept = state().runs.find((r) => r.runId === run?.runId);
  return run && kept ? kept.steps.filter((step) => step > 0 && step < run.step) : [];
}

/** Some or all runs cannot be listed; what is listed is still offered. */
export const keptFailed = (problem: ErrorReport): void =>
  set(({ runs, offered }) => ({ problem, offered: runs.length ? offered : null }));

let persistAsked = false;

export function receiveSaved({ runId, step, savedAt, bytes, steps }: Extract<Event, { type: 'saved' }>): void {
  const { run } = useStudio.getState();
  if (run?.runId === runId) set({ saved: { runId, step, savedAt, bytes }, saveProblem: null });
  const { runs } = state();
  const known = runs.some((kept) => kept.runId === runId);
  // how much all its checkpoints take is asked for once it rests; until then they are as large as this one
  const all = steps.length * bytes;
  set({ runs: runs.map((kept) => (kept.runId === runId ? { ...kept, step, savedAt, steps, bytes: all } : kept)) });
  if (!known || !isActive(run)) send({ type: 'look' });
  if (persistAsked) return;
  persistAsked = true;
  // asked when there is something to keep; the answer is shown with the kept runs
  void navigator.storage.persist().then(
    () => send({ type: 'look' }),
    () => {}, // no answer is an answer: it stays "may be cleared"
  );
}

export function saveFailed(runId: string, error: ErrorReport): void {
  if (useStudio.getState().run?.runId === runId) set({ saveProblem: { runId, error } });
  // it made room for another run, and what it had reached since its last save is gone
  else if (!state().leaving.some((run) => run.runId === runId))
    patch({ problem: { ...error, message: `${nameOfRun(runId)} was not saved as it ended. ${error.message}` } });
}

/** Files that came may be those that a kept run waits for. */
export function afterFiles(): void {
  if (state().runs.some((run) => run.missing.length)) send({ type: 'look' });
}

// ---------------------------------------------------------------- what the user does

/** Takes a kept run up where it was saved; `rests`: it waits there, without a step. */
export async function takeUp(runId: string, rests = false): Promise<void> {
  if (state().opening) return;
  wake();
  set({ opening: runId });
  try {
    if (useStudio.getState().device.kind === 'none') send({ type: 'open' });
    const restored = await ask('restored', { type: 'restore', runId, rests });
    takeBackUp(runId);
    showRestored(restored);
    patch({ settingsFrom: `${nameOfRun(runId)}, and so are the clips` });
    const { step, savedAt } = restored;
    set({ saved: { runId, step, savedAt, bytes: 0 } });
  } catch (error) {
    showProblem(error);
    send({ type: 'look' });
  } finally {
    set({ opening: null });
  }
}

/** Puts a run on the page that goes on from a checkpoint, and what is in force there into the panel. */
export function showRestored(restored: Extract<Event, { type: 'restored' }>): void {
  const { runId, config, step, metrics, changes, parent, adapter, clipIds, notes } = restored;
  patch({
    run: newRun({ runId, config, clipIds, step, metrics, changes, parent, adapter }),
    whichMap: 'latest',
    problem: null,
  });
  set({ notes: { runId, lines: notes }, offered: null, saved: null, saveProblem: null });
  healthBegins();
  const now = settingsAt(restored, step);
  applyConfig(checkConfig(now).length ? config : now);
  followClips(clipIds);
}

export function dismissOffer(): void {
  const { offered, runs } = state();
  if (offered) setAside(offered, runs.find(({ runId }) => runId === offered)?.step ?? 0);
  set({ offered: null });
}

/** What the user says of a run: seen at once, kept as soon as the worker has written it. */
export async function describeRun(runId: string, change: NoteChange): Promise<void> {
  set({
    runs: state().runs.map((run) =>
      run.runId === runId ? { ...run, note: withNote(run.note, change, run.step) } : run,
    ),
  });
  noteLeaves(runId, change);
  try {
    await ask('described', { type: 'describeRun', runId, change });
  } catch (error) {
    showProblem(error);
    send({ type: 'look' });
  } finally {
    noteArrived(runId);
  }
}

/** Milliseconds in which a deleted run can be had back. */
export const patience = 20_000;

/** Deletes a run: it leaves the lists at once, and the disk when the time for a second thought is over. */
export async function remove(runId: string): Promise<void> {
  const { offered, saved, runs, leaving } = state();
  const run = runs.find((r) => r.runId === runId);
  if (!run) return;
  set({
    runs: runs.filter((r) => r !== run),
    leaving: [...leaving, run],
    ...(offered === runId && { offered: null }),
    ...(saved?.runId === runId && { saved: null }),
  });
  if (useStudio.getState().run?.runId === runId) patch({ run: null });
  await describeRun(runId, { leaves: Date.now() + patience });
}

/** Has a deleted run back. */
export const takeBack = (runId: string): Promise<void> => describeRun(runId, { leaves: null });

/** The newest state of a run as a file: the copy that lasts. */
export async function exportCheckpoint(runId: string): Promise<void> {
  try {
    const { step, bytes } = await ask('exported', { type: 'exportRun', runId });
    saveFile(
      `${inFileName(nameOfRun(runId))}-step-${step}.safetensors`,
      new Blob([bytes], { type: 'application/octet-stream' }),
    );
  } catch (error) {
    showProblem(error);
  }
}

/** A checkpoint that was dropped is kept, and offered. Why it was not, told already, or null. */
export async function importCheckpoint(file: File): Promise<ErrorReport | null> {
  const { problem: before } = useStudio.getState();
  try {
    const { runId } = await ask('imported', { type: 'importRun', file });
    set({ offered: runId, arrived: runId });
    // why an earlier file was refused; what is wrong with one that came along stays
    if (before?.code === 'format' && useStudio.getState().problem === before) patch({ problem: null });
    return null;
  } catch (error) {
    const problem = reportFile(file.name, error);
    patch({ problem });
    return problem;
  }
}
