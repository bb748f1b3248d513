// The runs beside each other: what was read of those that are kept, and how their curves are looked at. The run on the page
// tells its own numbers (studio.ts, health.ts).

import { create } from 'zustand';
import { type ErrorReport, reportError } from '../core/errors.ts';
import type { ChartName } from '../core/run-curves.ts';
import { isObject } from '../core/is-object.ts';
import { runColours, runDashes, type RunStyle, runStyles } from '../core/run-style.ts';
import type { KeptRun, RunOutline } from '../protocol/keeping.ts';
import { ask } from './engine.ts';
import { useKeep } from './keep.ts';
import { remember, rememberedEntries } from './remembered.ts';
import { useStudio } from './studio.ts';

export type Along = 'step' | 'minutes';
export const smoothings = [0, 0.9, 0.99] as const;

export interface Runs {
  /** by run; the step tells whether it was saved again since */
  read: Readonly<Record<string, RunOutline>>;
  unread: Readonly<Record<string, ErrorReport>>;
  styles: ReadonlyMap<string, RunStyle>;
  along: Along;
  log: boolean;
  smoothing: number;
  /** which quantity each chart shows; what is not there is its first one */
  quantities: Partial<Record<ChartName, string>>;
  /** place on the horizontal axis that is looked at in all charts */
  cursor: number | null;
  /** run that stands out */
  pointed: string | null;
  hiddenToo: boolean;
}

export const useRuns = create<Runs>(() => ({
  read: {},
  unread: {},
  styles: new Map(),
  along: 'step',
  log: false,
  smoothing: 0,
  quantities: {},
  cursor: null,
  pointed: null,
  hiddenToo: false,
}));

export const showRuns = (part: Partial<Runs>): void => useRuns.setState(part);

/** A place on one axis means nothing on the other. */
export const chooseAlong = (along: Along): void => useRuns.setState({ along, cursor: null });

/** Gives every run its style and reads what is shown, now and whenever there is another one; the result ends it. */
export function watchRuns(): () => void {
  useRuns.setState({ unread: {} }); // whoever comes back asks again
  const look = () => {
    styleRuns();
    void readRuns();
  };
  look();
  const ends = [
    useKeep.subscribe(look),
    useStudio.subscribe((now, before) => now.run?.runId !== before.run?.runId && look()),
    useRuns.subscribe((now, before) => now.hiddenToo !== before.hiddenToo && look()),
  ];
  return () => ends.forEach((end) => end());
}

/** Those that have a style keep it. */
function styleRuns(): void {
  const { run } = useStudio.getState();
  const ids = useKeep.getState().runs.map((kept) => kept.runId);
  const all = run && !ids.includes(run.runId) ? [...ids, run.runId] : ids;
  const { styles } = useRuns.getState();
  if (all.every((id) => styles.has(id))) return;
  const given = runStyles(all, styles.size ? styles : rememberedStyles());
  useRuns.setState({ styles: given });
  remember(place, Object.fromEntries(given));
}

const place = 'run styles';
const isOf = (v: unknown, most: number): boolean => Number.isInteger(v) && Number(v) >= 0 && Number(v) < most;

/** A run looks the same on the next visit, whatever was deleted meanwhile. */
function rememberedStyles(): Map<string, RunStyle> {
  const sound = (v: unknown): v is RunStyle => isObject(v) && isOf(v.colour, runColours) && isOf(v.dash, runDashes);
  return new Map(
    Object.entries(rememberedEntries(place)).filter((entry): entry is [string, RunStyle] => sound(entry[1])),
  );
}

let reading = false;

/** Reads what is shown and not read yet, one after the other. */
async function readRuns(): Promise<void> {
  if (reading) return;
  reading = true;
  try {
    for (let next = nextToRead(); next; next = nextToRead()) await readRun(next);
  } finally {
    reading = false;
  }
}

function nextToRead(): KeptRun | undefined {
  const { read, unread, hiddenToo } = useRuns.getState();
  const live = useStudio.getState().run;
  return useKeep
    .getState()
    .runs.filter((kept) => hiddenToo || !kept.note.hidden)
    .find(({ runId, step }) => {
      if (Object.hasOwn(unread, runId)) return false;
      // the run on the page tells its own numbers; what it learns from is read once
      if (live?.runId === runId && live.metrics.length > 0) return !Object.hasOwn(read, runId);
      return read[runId]?.step !== step;
    });
}

async function readRun({ runId, step }: KeptRun): Promise<void> {
  try {
    const { run } = await ask('runRead', { type: 'readRun', runId });
    // a checkpoint that was saved or lost meanwhile has another step: it is not asked for again until the list says so
    useRuns.setState(({ read }) => ({ read: { ...read, [runId]: { ...run, step } } }));
  } catch (error) {
    useRuns.setState(({ unread }) => ({ unread: { ...unread, [runId]: reportError(error) } }));
  }
}
