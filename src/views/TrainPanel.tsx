// What a run is made of, what it costs, and its controls.

import { lazy, Suspense } from 'react';
import { checkConfig, type PredictionTarget, predictionTargets, type RunConfig } from '../core/config.ts';
import { emaWarning, presetNote, presetWarning } from '../core/preset-notes.ts';
import { predicting, preset, type PresetName, presetNames } from '../core/presets.ts';
import { fieldLabels } from '../core/field-labels.ts';
import { control, isActive, chooseConfig, showProblem, wake } from '../store/actions.ts';
import { exportCheckpoint } from '../store/keep.ts';
import { takeSlowStep, useSlow } from '../store/slow.ts';
import { setAside } from '../store/set-aside.ts';
import { isSameAgain, startObstacle, startRun, trainTwin, twinObstacle } from '../store/start.ts';
import { patch, type RunView, useFields, useStudio } from '../store/studio.ts';
import { Boundary } from './Boundary.tsx';
import { ChoiceField } from './fields.tsx';
import { jumpToField } from './jump-to-field.ts';
import { inMaskSet, RunCost } from './RunCost.tsx';
import { TrainSettings } from './TrainSettings.tsx';

const RunTools = lazy(() => import('./RunTools.tsx'));
const RunNumbers = lazy(() => import('./RunNumbers.tsx'));

/** Side of the input and width of the encoder; the official ones apart. */
const presetOption = (name: PresetName): { value: string; label: string; group?: string } => {
  const { crop, patch: side, dim } = preset(name).model;
  return name.startsWith('vit_')
    ? { value: name, label: `${name}/${side}, ${crop} px`, group: 'Official sizes' }
    : { value: name, label: `${name}, ${crop} px, width ${dim}` };
};

const explained: Record<PredictionTarget, string> = {
  features: 'The predictor is held against features of the slow encoder: V-JEPA.',
  pixels:
    'The predictor is held against the hidden pixels, each patch normalised: the twin that the article compares with.',
};

export function TrainPanel() {
  const { config, settingsFrom, device, source, redrawing, clips, cost, jobs, run } = useFields(
    'config',
    'settingsFrom',
    'device',
    'source',
    'redrawing',
    'clips',
    'cost',
    'jobs',
    'run',
  );
  const problems = checkConfig(config);
  const files = clips.filter((c) => c.source === 'file').length;
  const change = (next: RunConfig) => {
    wake();
    chooseConfig(next);
  };
  const obstacle = startObstacle({ config, device, source, clips, cost, redrawing, jobs });
  const ready = obstacle === null;
  const teacher = emaWarning(config);
  return (
    <section className="panel" aria-label="Train">
      <h2>Train</h2>
      {settingsFrom && (
        <p className="small" role="status" data-testid="settings-from">
          The settings are those of {settingsFrom}.
        </p>
      )}
      <ChoiceField
        label="Model"
        field="preset"
        testId="preset-select"
        value={config.preset}
        options={presetNames.map(presetOption)}
        onChange={(name) => {
          const found = presetNames.find((p) => p === name);
          if (found) change(predicting(preset(found), config.loss.target));
        }}
      />
      <p className="faint small" data-testid="preset-note">
        {presetNote(config)}
      </p>
      {presetWarning(config) && <p className="warn small">{presetWarning(config)}</p>}
      {device.kind === 'ready' && device.adapter.software && (
        <p className="small warn">
          {config.preset === 'nano'
            ? 'Software GPU, many times slower. The nano model was chosen for it.'
            : 'Software GPU, many times slower. This model will take long, nano is made for it.'}
        </p>
      )}
      <ChoiceField
        label="Clips"
        field="source"
        testId="source-select"
        value={source}
        options={[
          { value: 'drawn', label: 'drawn by the studio' },
          { value: 'mine', label: `my videos (${files})` },
        ]}
        onChange={(value) => {
          wake();
          patch({ source: value });
        }}
      />
      <ChoiceField
        label={fieldLabels['loss.target']}
        field="loss.target"
        testId="predict-target"
        value={config.loss.target}
        options={predictionTargets.map((value) => ({ value, label: value }))}
        onChange={(target) => change(predicting(config, target))}
      />
      {teacher ? (
        <p className="warn small">{teacher}</p>
      ) : (
        <p className="faint small">{explained[config.loss.target]}</p>
      )}
      <details>
        <summary>More settings</summary>
        <TrainSettings config={config} problems={problems} onChange={change} />
      </details>
      {problems.map((p) => (
        <p key={p.field + p.message} className="field-problem" data-testid="problem">
          {inMaskSet(p.field)}
          {p.message}{' '}
          <button type="button" className="link" onClick={() => jumpToField(p.field)}>
            Show the field
          </button>
        </p>
      ))}
      <RunCost config={config} cost={cost} outdated={problems.length > 0} ready={ready} />
      {config.optim.warmup >= config.optim.epochs && (
        <p className="warn small">
          All of it is warm-up: the learning rate only rises, and gradients are not clipped yet. Choose a shorter
          warm-up, or more than {config.optim.warmup} epochs.
        </p>
      )}
      {cost?.warning && <p className="warn small">{cost.warning}</p>}
      {cost?.recompute && !cost.warning && (
        <p className="faint small">To fit, activations are made again in the backward pass: about a third slower.</p>
      )}
      {device.kind === 'none' && <p className="warn small">Training needs WebGPU, see the note above the pictures.</p>}
      {obstacle?.field === 'source' && <p className="warn small">{obstacle.message}</p>}
      {obstacle?.field === null && device.kind === 'ready' && !isActive(run) && (
        <p className="faint small">{obstacle.message}</p>
      )}
      <Controls obstacle={obstacle?.message} run={run} />
      {run && (
        <Boundary of="part">
          <Suspense>
            <RunTools run={run} />
            <RunNumbers run={run} />
          </Suspense>
        </Boundary>
      )}
    </section>
  );
}

/** What the first button does in a state of the run; `again`: what is chosen is what that learned with. */
function mainWork(run: RunView | null, again: boolean): { testId: string; name: string; work: (() => void) | null } {
  switch (run?.state) {
    case 'preparing':
      return { testId: 'preparing-training', name: 'Preparing …', work: null };
    case 'running':
      if (run.told === 'pause') return { testId: 'pausing-training', name: 'Pausing …', work: null };
      return { testId: 'pause-training', name: 'Pause', work: run.told ? null : () => control('pause') };
    case 'paused':
      return { testId: 'resume-training', name: 'Resume', work: () => control('resume') };
    default:
      return {
        testId: 'start-training',
        name: !run ? 'Train' : again ? 'Train again' : 'Train new run',
        work: () => startRun(),
      };
  }
}

/** One button from the start to the end of a run, so that the keyboard stays on it; it is not disabled while a run is prepared,
 * which would take the focus away. */
function MainButton({ obstacle, run }: { obstacle: string | undefined; run: RunView | null }) {
  const again = useStudio((s) => run !== null && !isActive(run) && isSameAgain(s, run));
  const { testId, name, work } = mainWork(run, again);
  const hindered = isActive(run) ? undefined : obstacle;
  return (
    <button
      type="button"
      className="primary main-button"
      disabled={hindered !== undefined}
      aria-disabled={work === null || undefined}
      title={hindered ?? (work ? 'T' : undefined)}
      data-testid={testId}
      onClick={() => work?.()}
    >
      {name}
    </button>
  );
}

function TwinButton({ run }: { run: RunView }) {
  const obstacle = twinObstacle(useFields('device', 'clips'), run)?.message;
  return (
    <button
      type="button"
      disabled={obstacle !== undefined}
      title={
        obstacle ?? 'The same clips, seed, masks and steps with the other target; Evaluate asks both beside each other'
      }
      data-testid="train-twin"
      onClick={trainTwin}
    >
      {run.config.loss.target === 'pixels' ? 'Train its feature twin' : 'Train its pixel twin'}
    </button>
  );
}

/** `obstacle`: why none can start. */
function Controls({ obstacle, run }: { obstacle: string | undefined; run: RunView | null }) {
  const state = run?.state;
  const slow = useSlow((s) => s.pending);
  return (
    <div className="row wrap grow">
      <MainButton obstacle={obstacle} run={run} />
      {(state === 'finished' || state === 'stopped') && run !== null && run.step > 0 && <TwinButton run={run} />}
      {(state === 'running' || state === 'paused') && (
        <button
          type="button"
          disabled={state === 'running'}
          title={state === 'running' ? 'Pause it first' : 'Shift+T'}
          data-testid="step-training"
          onClick={() => control('step')}
        >
          One step
        </button>
      )}
      {(state === 'running' || state === 'paused') && (
        <button type="button" disabled={slow} title="Z" data-testid="slow-step" onClick={() => void takeSlowStep()}>
          Slow step
        </button>
      )}
      {run && isActive(run) && (
        <button
          type="button"
          aria-disabled={run.told === 'stop' || undefined}
          data-testid="stop-training"
          onClick={() => {
            setAside(run.runId, run.step);
            control('stop');
          }}
        >
          {run.told === 'stop' ? 'Stopping …' : 'Stop'}
        </button>
      )}
      {run && run.metrics.length > 0 && (
        <>
          <button
            type="button"
            title="One file with weights, moments, settings and losses: dropped here, it goes on"
            onClick={() => void exportCheckpoint(run.runId)}
          >
            Export run
          </button>
          <button
            type="button"
            title="Settings, losses and checks of health as JSON, without weights; as CSV on the Runs screen"
            data-testid="export-run"
            onClick={() => void import('../store/export-run.ts').then((part) => part.exportRun()).catch(showProblem)}
          >
            Numbers
          </button>
        </>
      )}
    </div>
  );
}
