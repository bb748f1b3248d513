// What can be done with the run on the page beside starting and stopping it: learning rate and EMA changed on the way, a
// branch with the settings of the panel. Loaded with the first run.

import { useState } from 'react';
import { type BranchPoint, branchProblem } from '../core/lineage.ts';
import { differenceLine, differences, saidChange } from '../core/run-difference.ts';
import { emaWarning } from '../core/preset-notes.ts';
import { optimAt, type RunSetting, settingProblem, settingsAt, withEma } from '../core/run-changes.ts';
import { scheduleAt } from '../core/schedule.ts';
import { isActive } from '../store/actions.ts';
import { branchRun, changeRun } from '../store/branch.ts';
import { keptSteps, nameOfRun, useKeep } from '../store/keep.ts';
import { type RunView, useStudio } from '../store/studio.ts';
import { ChoiceField, NumberField } from './fields.tsx';
import { jumpToField } from './jump-to-field.ts';

export default function RunTools({ run }: { run: RunView }) {
  const moving = run.state === 'running' || run.state === 'paused';
  return (
    <div className="run-tools">
      {moving && <LiveChange key={`change ${run.runId}`} run={run} />}
      {run.step > 0 && <Branch key={`branch ${run.runId}`} run={run} />}
      {run.parent && <Origin run={run} parent={run.parent} />}
      <ChangeList run={run} />
    </div>
  );
}

/** Two fields that are put in force together; empty until something is typed. */
function LiveChange({ run }: { run: RunView }) {
  const [typed, setTyped] = useState<RunSetting>({});
  const now = optimAt(run.config.optim, run.changes, run.step);
  const changed: RunSetting = {
    ...(typed.lr !== undefined && typed.lr !== now.lr && { lr: typed.lr }),
    ...(typed.ema !== undefined && typed.ema !== now.ema[0] && { ema: typed.ema }),
  };
  const some = Object.keys(changed).length > 0;
  const problem = some ? settingProblem(changed) : null;
  const teacher =
    changed.ema === undefined || problem
      ? null
      : emaWarning({ loss: run.config.loss, optim: withEma(run.config.optim, changed.ema) });
  const next = some && !problem ? { ...now, lr: changed.lr ?? now.lr } : now;
  const problemOf = (field: string) => (problem?.field === field ? `${problem.message}.` : undefined);
  return (
    <details data-testid="live-change">
      <summary>Change it while it runs</summary>
      <NumberField
        label="Peak learning rate"
        field="run.lr"
        hint="The peak of its schedule, from the next step on. Warm-up and cosine stay where they are."
        value={typed.lr ?? now.lr}
        min={0}
        step={1e-4}
        problem={problemOf('optim.lr')}
        onChange={(lr) => setTyped({ ...typed, lr })}
      />
      {(changed.lr ?? 0) >= 1 && !problem && (
        <p className="warn small">
          No run starts with so high a rate: it breaks them. From the steps before it this one can be branched.
        </p>
      )}
      <NumberField
        label="First EMA"
        field="run.ema"
        hint="The schedule goes on along the line from this momentum to the last one."
        value={typed.ema ?? now.ema[0]}
        min={0}
        max={1}
        step={0.001}
        problem={problemOf('optim.ema')}
        onChange={(ema) => setTyped({ ...typed, ema })}
      />
      {teacher && <p className="warn small">{teacher}</p>}
      <p className="small faint">
        The rate is the peak of its schedule; the next step {some && !problem ? 'would be' : 'is'} taken with{' '}
        {scheduleAt(next, run.step).lr.toPrecision(3)}.
      </p>
      <button
        type="button"
        data-testid="apply-change"
        disabled={!some || problem !== null}
        onClick={() => void changeRun(changed).then((done) => done && setTyped({}))}
      >
        Change from the next step on
      </button>
    </details>
  );
}

function Branch({ run }: { run: RunView }) {
  const config = useStudio((s) => s.config);
  const ready = useStudio((s) => s.device.kind === 'ready');
  const opening = useKeep((s) => s.opening !== null);
  const saved = useKeep((s) => (s.saved?.runId === run.runId ? s.saved.step : null));
  useKeep((s) => s.runs); // where the kept steps come from
  // one that failed or broke goes on from what was saved of it
  const failed = run.state === 'failed';
  const steps = keptSteps().filter((step) => !failed || step !== saved);
  const [chosen, choose] = useState<number | null>(null);
  const from = chosen !== null && steps.includes(chosen) ? chosen : null;
  const begins = from ?? (failed ? (saved ?? 0) : run.step);
  const other = differences(config, settingsAt(run, begins)).join(', ');
  // from now on the same settings are what goes on already; from an earlier step they are another way
  const some = other !== '' || from !== null;
  const problem = some ? branchProblem(run.config, config, begins) : null;
  if (run.state === 'preparing' || (failed && saved === null)) return null;
  return (
    <div className="branch" data-testid="branch">
      <button
        type="button"
        data-testid="branch-run"
        disabled={!ready || opening || !some || problem !== null}
        onClick={() => void branchRun(config, from)}
      >
        Branch from {from !== null ? `step ${from}` : failed ? 'its last save' : 'here'}
      </button>
      {steps.length > 0 && (
        <ChoiceField
          label="Its weights"
          field="branch.step"
          testId="branch-step"
          value={String(from ?? 'now')}
          options={[
            { value: 'now', label: failed ? `after step ${saved}, its last save` : 'now' },
            ...steps.toReversed().map((step) => ({ value: String(step), label: `after step ${step}` })),
          ]}
          onChange={(value) => choose(value === 'now' ? null : Number(value))}
        />
      )}
      <p className="small faint">
        {!some
          ? 'Change a setting above, and a new run can go on with it, beside this one.'
          : problem
            ? `${problem.message}. `
            : `A new run with its weights and clips${other ? `, and ${other}` : ' and the same settings'}. ${isActive(run) ? 'This one is stopped and kept.' : ''}`}
        {problem && (
          <button type="button" className="link" onClick={() => jumpToField(problem.field)}>
            Show the field
          </button>
        )}
      </p>
    </div>
  );
}

function Origin({ run, parent }: { run: RunView; parent: BranchPoint }) {
  const name = useKeep(() => nameOfRun(parent.runId));
  return (
    <p className="small faint" data-testid="run-origin" data-step={parent.step}>
      Branched off {name} after step {parent.step}: {differenceLine(run.config, parent.config)}.
    </p>
  );
}

function ChangeList({ run: { changes } }: { run: RunView }) {
  if (!changes.length) return null;
  return (
    <ul className="small run-changes" data-testid="run-changes">
      {changes.map((change) => (
        <li key={change.step}>
          After step {change.step}: {saidChange(change)}
        </li>
      ))}
    </ul>
  );
}
