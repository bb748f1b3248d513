// Statistics of the lab's maskings, counted in a worker of their own. After every change a little is measured by itself,
// so that the inspector always knows how often a token is what it is; the button measures as many draws as are wanted.

import { gridOf, type MaskConfig, type RunConfig } from '../core/config.ts';
import type { MeasureRequest } from '../core/mask-statistics.ts';
import { firstCompared } from '../mask/maskings.ts';
import type { MaskCommand, MaskEvent } from '../protocol/messages.ts';
import { maskObstacle } from './actions.ts';
import { type Measuring, patchLab, useLab } from './lab.ts';
import { useStudio } from './studio.ts';

/** Clips that are measured without being asked for. */
const littleClips = 1200;
/** Milliseconds of rest before that. */
const rest = 350;

/** Only what statistics depend on: all three cuts are counted at once. */
const requestOf = (config: RunConfig, masks: MaskConfig[], clips: number): MeasureRequest => ({
  sampling: { masks, cut: config.maskCut, sequence: config.maskSequence, seed: config.seed },
  grid: gridOf(config.model),
  batch: config.batchSize,
  clips,
});

/** All that statistics are of, whatever the number of draws; the cut is not among it. */
export function measuredKey(config: RunConfig): string {
  const { sampling, grid, batch } = requestOf(config, config.masks, 0);
  return JSON.stringify([sampling.masks, sampling.sequence, sampling.seed, grid, batch]);
}

let counter = 0;

/** A worker that measures one thing at a time. */
class Measurer {
  readonly #onEvent: (event: MaskEvent) => void;
  readonly #onStopped: (problem: string) => void;
  #worker: Worker | null = null;

  constructor(onEvent: (event: MaskEvent) => void, onStopped: (problem: string) => void) {
    this.#onEvent = onEvent;
    this.#onStopped = onStopped;
  }

  start(request: MeasureRequest): string {
    if (!this.#worker) {
      this.#worker = new Worker(new URL('../worker/masks.ts', import.meta.url), { type: 'module' });
      this.#worker.addEventListener('message', ({ data }: MessageEvent<MaskEvent>) => this.#onEvent(data));
      this.#worker.addEventListener('error', (event) => {
        this.#worker?.terminate();
        this.#worker = null;
        this.#onStopped(
          `The statistics stopped: ${event.message || 'their worker could not be loaded'}. Reload the page.`,
        );
      });
    }
    const jobId = `measure ${++counter}`;
    this.#send({ type: 'measure', jobId, request });
    return jobId;
  }

  cancel(jobId: string): void {
    this.#send({ type: 'cancelMeasure', jobId });
  }

  #send(command: MaskCommand): void {
    this.#worker?.postMessage(command);
  }
}

function advanced(measuring: Measuring, done: number, total: number): Measuring {
  const perClip = (performance.now() - measuring.since) / Math.max(1, done);
  return { ...measuring, done, total, secondsLeft: done ? (perClip * (total - done)) / 1000 : null };
}

const failed = (statisticsProblem: string): void => patchLab({ measuring: null, statistics: null, statisticsProblem });

const measurer = new Measurer((event) => {
  const { measuring } = useLab.getState();
  if (event.jobId !== measuring?.jobId) return;
  switch (event.type) {
    case 'measuring':
      return patchLab({ measuring: advanced(measuring, event.done, event.total) });
    case 'measured':
      return patchLab({
        measuring: null,
        statistics: event.statistics,
        statisticsOf: measuring.of,
        statisticsProblem: null,
      });
    case 'measureCancelled':
      return patchLab({ measuring: null });
    case 'measureFailed':
      return failed(`${event.error.message}. ${event.error.advice}`);
  }
  return event satisfies never;
}, failed);

function measureNow(clips: number, asked: boolean): void {
  const { labConfig } = useStudio.getState();
  const obstacle = maskObstacle(labConfig);
  if (obstacle) return failed(obstacle);
  const jobId = measurer.start(requestOf(labConfig, labConfig.masks, clips));
  const of = measuredKey(labConfig);
  patchLab({ measuring: { jobId, of, done: 0, total: clips, since: performance.now(), secondsLeft: null, asked } });
}

let timer: ReturnType<typeof setTimeout> | undefined;
/** Measures a little once the settings have come to rest. */
export function measureSoon(): void {
  clearTimeout(timer);
  const { measuring } = useLab.getState();
  if (measuring) cancelMeasuring();
  timer = setTimeout(() => {
    timer = undefined;
    measureNow(littleClips, false);
    compareNow();
  }, rest);
}

/** Measures as many draws as the panel says. */
export function measure(): void {
  // settings that have not come to rest yet: the comparison would stay that of the ones before
  if (timer !== undefined) compareNow();
  clearTimeout(timer);
  timer = undefined;
  measureNow(useLab.getState().clips, true);
}

export function cancelMeasuring(): void {
  const { measuring } = useLab.getState();
  if (!measuring) return;
  measurer.cancel(measuring.jobId);
  patchLab({ measuring: null });
}

// ---------------------------------------------------------------- compared maskings

let comparing = '';
const notCompared = (comparedProblem: string): void => patchLab({ comparedProblem });
const comparer = new Measurer((event) => {
  if (event.jobId !== comparing) return;
  if (event.type === 'measured') patchLab({ comparedStatistics: event.statistics });
  if (event.type === 'measureFailed') notCompared(`${event.error.message}. ${event.error.advice}`);
}, notCompared);

/** Measures the compared maskings, each as a mask set of its own, under the lab's other settings. */
export function compareNow(): void {
  const { compared, view } = useLab.getState();
  patchLab({ comparedStatistics: null, comparedProblem: null });
  // what is under way is of settings from before
  if (comparing) comparer.cancel(comparing);
  comparing = '';
  if (view !== 'compare' || !compared.length) return;
  const { labConfig } = useStudio.getState();
  const masks = compared.map((c) => c.mask);
  const obstacle = maskObstacle({ ...labConfig, masks });
  if (obstacle) return notCompared(obstacle);
  comparing = comparer.start(requestOf(labConfig, masks, littleClips));
}

/** Opens one of the two views of the stage. */
export function showView(view: 'one' | 'compare'): void {
  const { compared } = useLab.getState();
  const { labConfig, maskSet } = useStudio.getState();
  patchLab({ view, compared: compared.length ? compared : firstCompared(labConfig.masks, maskSet) });
  compareNow();
}
