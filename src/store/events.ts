// What the worker says, written into the store.

import type { ErrorReport } from '../core/errors.ts';
import { preset } from '../core/presets.ts';
import { addRow } from '../core/step-metrics.ts';
import { trainedOn } from '../core/trained-on.ts';
import type { DeviceState, Event } from '../protocol/messages.ts';
import { afterMetrics, afterRunState, applyConfig, isActive, mapUntil, refreshCost, showClip } from './actions.ts';
import { afterDrawn, receiveDrawn } from './drawn.ts';
import { fileOf, filesRead, inOrder, isBystander } from './files.ts';
import { healthFailed, receiveHealth } from './health.ts';
import { afterFiles, importCheckpoint, keptFailed, receiveKept, receiveSaved, saveFailed } from './keep.ts';
import {
  benchmarkDone,
  benchmarkFailed,
  benchmarkRow,
  benchmarkStep,
  kernelsFound,
  kernelsNotFound,
  recallKernels,
} from './measure.ts';
import { patch, patchRun, settingsAreLeft, tellsStored, useStudio } from './studio.ts';

/** The job whose files come in. */
let arriving = '';

export function receive(event: Event): void {
  switch (event.type) {
    case 'device':
      return receiveDevice(event.state);
    case 'progress': {
      const { jobId, stage, done, total, secondsLeft = null } = event;
      return useStudio.setState(({ jobs }) => ({ jobs: { ...jobs, [jobId]: { stage, done, total, secondsLeft } } }));
    }
    case 'jobDone':
      benchmarkDone(event.jobId);
      filesRead(event.jobId);
      afterFiles();
      afterDrawn(event.jobId);
      return endJob(event.jobId);
    case 'jobFailed':
      return benchmarkFailed(event.jobId, event.error);
    case 'evaluationRow':
      return; // heard by the evaluation
    case 'evaluated':
    case 'evaluationFailed':
      return endJob(event.jobId);
    case 'benchmarkRow':
      return benchmarkRow(event.jobId, event.row);
    case 'benchmarkStep':
      return benchmarkStep(event.jobId, event.report);
    case 'kernelsNotFound':
      return kernelsNotFound(event.error);
    case 'kernelsFound': {
      const { device } = useStudio.getState();
      if (device.kind === 'ready') kernelsFound(device.adapter, event);
      return;
    }
    case 'clip': {
      if (event.clip.source === 'procedural') return receiveDrawn(event.clip);
      useStudio.setState(({ clips }) => ({
        clips: inOrder([...clips.filter((c) => c.clipId !== event.clip.clipId), event.clip]),
      }));
      // the first file that arrives goes on the stage
      const files = useStudio.getState().clips.filter((c) => c.source === 'file');
      // of a job the first: what is chosen while others are read stays chosen
      if (event.jobId !== arriving) patch({ source: 'mine' });
      arriving = event.jobId;
      // unless a chapter of the lesson speaks of what is there
      if (files.length === 1 && !tellsStored(useStudio.getState())) void showClip(event.clip.clipId);
      return;
    }
    case 'clipFailed': {
      const { clipId, name, error } = event;
      const file = fileOf(clipId);
      // whatever it is called: what it holds says what it is
      if (error.code === 'checkpoint' && file && !isBystander(clipId)) return void importCheckpoint(file);
      if ((error.code === 'no-video' || error.code === 'checkpoint') && isBystander(clipId))
        return useStudio.setState(({ leftOut }) => ({
          leftOut: { ...leftOut, noVideo: [...new Set([...leftOut.noVideo, name])] },
        }));
      // the same file once more says nothing new
      const told = (f: { name: string; error: ErrorReport }) => f.name === name && f.error.message === error.message;
      return useStudio.setState(({ failures }) => ({
        failures: [{ clipId, name, error }, ...failures.filter((f) => !told(f))],
      }));
    }
    case 'runState': {
      if (event.state !== 'preparing') endJob(event.runId);
      patchRun(event.runId, (run) => ({
        state: event.state,
        told: null,
        // of steps that broke none was taken, whatever was under way; a map of meanwhile saw the weights from before them
        ...(event.error?.code === 'non-finite'
          ? { step: event.step, maps: { ...run.maps, latest: mapUntil(run.maps.latest, event.step) } }
          : { step: Math.max(event.step, run.step) }),
        error: event.error,
        weightless: run.weightless && event.state !== 'running', // the state that follows preparing
      }));
      return afterRunState(event.state);
    }
    case 'metrics':
      patchRun(event.runId, (run) => {
        const metrics = event.rows.reduce(addRow, [...run.metrics]);
        const { device } = useStudio.getState();
        const adapter = device.kind === 'ready' ? trainedOn(run.adapter, device.adapter.name) : run.adapter;
        return { metrics, step: metrics[metrics.length - 1].step + 1, adapter };
      });
      return afterMetrics();
    case 'health':
      return receiveHealth(event);
    case 'healthFailed':
      return healthFailed(event.runId, event.error);
    case 'kept':
      return receiveKept(event);
    case 'keptFailed':
      return keptFailed(event.error);
    case 'saved':
      return receiveSaved(event);
    case 'saveFailed':
      return saveFailed(event.runId, event.error);
    case 'problem':
      return patch({ problem: event.error });
    case 'restored':
    case 'changed':
    case 'stepTime':
    case 'replayed':
    case 'described':
    case 'runRead':
    case 'exported':
    case 'imported':
    case 'clipFrames':
    case 'cost':
    case 'map':
    case 'slowStep':
    case 'tuned':
    case 'looked':
    case 'errorVolume':
    case 'surprise':
    case 'physics':
    case 'featureMap':
    case 'nearTokens':
    case 'layerFeatures':
    case 'encoderOpened':
    case 'encoded':
    case 'requestFailed':
      return; // answers; engine.ts hands them to who asked
  }
  return event satisfies never;
}

function endJob(jobId: string): void {
  useStudio.setState(({ jobs }) =>
    Object.hasOwn(jobs, jobId) ? { jobs: Object.fromEntries(Object.entries(jobs).filter(([id]) => id !== jobId)) } : {},
  );
}

function receiveDevice(state: DeviceState): void {
  const before = useStudio.getState().device;
  patch({ device: state });
  if (state.kind === 'ready') recallKernels(state.adapter);
  if (state.kind === 'none') {
    const { error } = state;
    const { run } = useStudio.getState();
    // what broke just before the loss, or failed without a name, did so because of it
    const explained = error.code === 'gpu-lost' && run?.state === 'failed' && run.error?.code === 'internal';
    if (run && (isActive(run) || explained)) patchRun(run.runId, () => ({ state: 'failed', error, mapPending: false }));
    if (error.code === 'gpu-lost') patch({ problem: null });
    if (error.code === 'internal') patch({ jobs: {} }); // the worker is gone: nobody is left to end them
  }
  // A GPU can carry more than nano; a software adapter keeps it. A choice of the user's is left alone.
  const { config, demo } = useStudio.getState();
  if (
    state.kind === 'ready' &&
    before.kind === 'opening' &&
    demo &&
    config.preset === 'nano' &&
    !settingsAreLeft() &&
    !state.adapter.software
  )
    applyConfig(preset('tiny'));
  else if (state.kind === 'ready' || (state.kind === 'none' && state.error.code !== 'internal')) void refreshCost();
}
