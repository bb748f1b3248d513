// What the page knows, in slices: device, library, viewed clip and its mask, run, and how it is looked at. Fed by the
// worker's events (events.ts) and by the user's actions (actions.ts); views only read.

import { create } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { changedFields } from '../core/config-diff.ts';
import type { RunConfig } from '../core/config.ts';
import { type DrawnLook, usualLook } from '../core/drawn-look.ts';
import type { ErrorReport } from '../core/errors.ts';
import type { Grid } from '../core/grid.ts';
import type { BranchPoint } from '../core/lineage.ts';
import { preset } from '../core/presets.ts';
import { readConfig } from '../core/read-config.ts';
import type { RunChange } from '../core/run-changes.ts';
import type { StoredRun } from '../core/stored-run.ts';
import type { MaskSet } from '../mask/cut.ts';
import { remember, remembered } from './remembered.ts';
import type { Screen } from './screen.ts';
import type { StepMetrics } from '../core/step-metrics.ts';
import type { ClipInfo, CostReport, DeviceState, ErrorMap, RunState } from '../protocol/messages.ts';

export interface FailedClip {
  clipId: string;
  name: string;
  error: ErrorReport;
}

export interface Job {
  stage: string;
  done: number;
  total: number;
  /** of the whole job; null where it is not estimated, or not yet */
  secondsLeft: number | null;
}

export type CurveKind = 'loss' | 'terms' | 'gradients' | 'schedule' | 'health';

/** The clip on the stage: T square pictures. */
export interface ViewedClip {
  clipId: string;
  name: string;
  start: number;
  side: number;
  times: number[];
  rgba: Uint8ClampedArray<ArrayBuffer>[];
}

export interface RunView {
  runId: string;
  config: RunConfig;
  state: RunState;
  /** what it was told to do next, until it says that it does: a step and a check of health end first */
  told: 'pause' | 'stop' | null;
  /** what it learns from, in its order; a drawn clip need not be in the library */
  clipIds: readonly string[];
  step: number;
  metrics: StepMetrics[];
  /** learning rate and EMA as they were changed while it ran */
  changes: RunChange[];
  /** what took its steps (core/trained-on.ts); null before the first */
  adapter: string | null;
  /** what it branched off */
  parent: BranchPoint | null;
  error: ErrorReport | null;
  /** of the shown clip and mask: with the random weights that the run began with, and the newest one */
  maps: { random: ErrorMap | null; latest: ErrorMap | null };
  mapPending: boolean;
  /** it has no networks yet, or was ended before it had any */
  weightless: boolean;
}

export interface Studio {
  screen: Screen;
  device: DeviceState;
  clips: ClipInfo[];
  failures: FailedClip[];
  /** names of files that were not taken: what of a folder is no video, and what is among the clips already */
  leftOut: { noVideo: string[]; again: string[] };
  jobs: Record<string, Job>;

  config: RunConfig;
  /** the run that they were taken from, in words, until they are changed */
  settingsFrom: string | null;
  /** settings of the mask lab; training has its own */
  labConfig: RunConfig;
  /** which draw of the mask is shown */
  draw: number;
  /** lists of the shown clip, per mask set; empty with a problem */
  sets: MaskSet[];
  maskProblem: string | null;
  viewed: ViewedClip | null;

  source: 'drawn' | 'mine';
  drawnLook: DrawnLook;
  /** clips of the look before are still in the library */
  redrawing: boolean;
  cost: CostReport | null;
  run: RunView | null;
  /** the run that comes with the studio; undefined: not loaded yet, null: it cannot be */
  stored: StoredRun | null | undefined;
  /** a request or job that failed, until it is dismissed */
  problem: ErrorReport | null;

  /** shared cursor */
  frame: number;
  playing: boolean;
  maskSet: number;
  maskShown: boolean;
  /** pictures under masks have no more pixels than the network is given */
  coarse: boolean;
  /** takes the pictures of targets out of the clip on the stage, where the lesson asks what is hidden (views/covered.ts) */
  cover: ((clip: ViewedClip, grid: Grid, kinds: Uint8Array, perTubelet: number) => ViewedClip) | null;
  hovered: number | null;
  /** token that stays inspected when the pointer leaves */
  selected: number | null;
  whichMap: 'latest' | 'random';
  /** chapter of the lesson that is open, from 0 */
  lesson: number | null;
  /** which curves the Train screen shows */
  curve: CurveKind;
  /** until the user does something, the mask changes by itself */
  demo: boolean;
  theme: 'auto' | 'light' | 'dark';
  /** single-letter keys are on */
  keys: boolean;
}

const settingsPlace = 'settings';

/** Settings of training as they were left; null where there are none that can be. */
function settingsLeft(): RunConfig | null {
  const left = remembered(settingsPlace);
  try {
    return left === null ? null : readConfig(left);
  } catch {
    return null; // of another version, or touched by somebody
  }
}

/** Whether the stored run on the stage has the masks that the user's settings draw. */
const drawsStoredMasks = (config: RunConfig): boolean =>
  !changedFields(preset('nano'), config).some((field) =>
    /^masks|^maskCut|^model\.(?:crop|patch|frames|tubelet)/.test(field),
  );

/** Whether the user has left some. */
export const settingsAreLeft = (): boolean => settingsLeft() !== null;

/** The next visit begins with these. */
export const rememberSettings = (config: RunConfig): void => void remember(settingsPlace, config);

export const useStudio = create<Studio>(() => ({
  screen: 'train',
  device: { kind: 'opening' },
  clips: [],
  failures: [],
  leftOut: { noVideo: [], again: [] },
  jobs: {},
  config: settingsLeft() ?? preset('nano'),
  settingsFrom: null,
  labConfig: { ...preset('vit_large'), batchSize: 24 },
  draw: 0,
  sets: [],
  maskProblem: null,
  viewed: null,
  source: 'drawn',
  drawnLook: usualLook,
  redrawing: false,
  cost: null,
  run: null,
  stored: undefined,
  problem: null,
  frame: 0,
  playing: true,
  maskSet: 0,
  maskShown: true,
  coarse: false,
  cover: null,
  hovered: null,
  selected: null,
  whichMap: 'latest',
  lesson: null,
  curve: 'loss',
  demo: drawsStoredMasks(settingsLeft() ?? preset('nano')),
  theme: 'auto',
  keys: true,
}));

/** Chapters of the lesson, from the first, that show the stored run, whatever run is on the page. */
const storedChapters = 3;

/** Chapters, from the first, that look at pictures alone: no curves. */
export const chartlessChapters = 4;

/** Whether a chapter of the lesson is open that speaks of the stored run and its clip. */
export const tellsStored = ({ lesson }: Pick<Studio, 'lesson'>): boolean => lesson !== null && lesson < storedChapters;

/** Whether the stage shows the stored run: until the user does something, and where the lesson speaks of it. */
export const showsStored = ({
  demo,
  run,
  stored,
  lesson,
}: Pick<Studio, 'demo' | 'run' | 'stored' | 'lesson'>): boolean =>
  !!stored && (tellsStored({ lesson }) || (demo && !run));

type Scene = Pick<Studio, 'screen' | 'labConfig' | 'demo' | 'run' | 'stored' | 'config' | 'lesson'>;

/** Settings of what the stage shows. */
export function sceneConfig(s: Scene): RunConfig {
  if (s.screen === 'masks') return s.labConfig;
  if (s.screen === 'look' && s.run) return s.run.config; // it shows what the run's weights do, whatever was set since
  return s.stored && showsStored(s) ? s.stored.config : s.config;
}

/** Some fields: whoever takes them is drawn again when one of them changed, not with every frame and every pointer. */
export const useFields = <K extends keyof Studio>(...names: K[]): Pick<Studio, K> =>
  useStudio(useShallow((s) => Object.fromEntries(names.map((name) => [name, s[name]])) as Pick<Studio, K>));

export const patch = (part: Partial<Studio>): void => useStudio.setState(part);

/** A run that is being prepared, as the page first knows it. */
export const newRun = (
  of: Pick<RunView, 'runId' | 'config' | 'clipIds'> &
    Partial<Pick<RunView, 'step' | 'metrics' | 'changes' | 'parent' | 'adapter'>>,
): RunView => ({
  step: 0,
  metrics: [],
  changes: [],
  parent: null,
  adapter: null,
  ...of,
  state: 'preparing',
  told: null,
  error: null,
  maps: { random: null, latest: null },
  mapPending: false,
  weightless: true,
});

/** A run that has ended: no step or check follows. */
export const isOver = (run: RunView | null): boolean =>
  run?.state === 'finished' || run?.state === 'stopped' || run?.state === 'failed';

/** Tells of every run that begins, also of one that is taken up again: at the same step it may have other weights than before. */
export function onRunBegun(tell: (runId: string) => void): void {
  useStudio.subscribe(({ run }, { run: before }) => {
    if (run?.state === 'preparing' && (before?.state !== 'preparing' || before.runId !== run.runId)) tell(run.runId);
  });
}

/** Changes the run on the page, if it is the one meant. */
export function patchRun(runId: string, change: (run: RunView) => Partial<RunView>): void {
  useStudio.setState(({ run }) => (run?.runId === runId ? { run: { ...run, ...change(run) } } : {}));
}
