// Whose weights, three ways to begin without reading further, start, progress and cancel; and what is wrong before the start.

import { numbered } from '../core/numbered.ts';
import { control } from '../store/actions.ts';
import {
  cancelEvaluation,
  choose,
  fullProtocol,
  quickLook,
  showBefore,
  startEvaluation,
  useEvaluation,
  usualProtocol,
} from '../store/evaluate.ts';
import { evaluable } from '../store/evaluation-request.ts';
import { useKeep } from '../store/keep.ts';
import { useStudio } from '../store/studio.ts';
import { type Asked, keptLabel, useAsked } from './evaluate-asked.ts';
import { ChoiceField } from './fields.tsx';
import { duration } from './numbers.ts';
import { TrainedRun } from './TrainedRun.tsx';

export function EvaluateRun() {
  const asked = useAsked();
  return (
    <section className="ask" aria-label="Start">
      <h2>What do the frozen features know?</h2>
      <p className="faint">
        A probe reads features that no longer change. Its score means something beside the same network with random
        weights, beside guessing, and beside features without motion.
      </p>
      <Weights />
      <Start asked={asked} />
      <Notes asked={asked} />
    </section>
  );
}

function Weights() {
  const run = useStudio((s) => s.run);
  const config = useStudio((s) => s.config);
  const weights = useEvaluation((s) => s.choices.weights);
  const trained = evaluable(run);
  return (
    <>
      <ChoiceField
        label="Weights"
        field="weights"
        testId="evaluation-weights"
        value={trained ? weights : 'random'}
        options={[
          ...(trained
            ? [{ value: 'run' as const, label: `${trained.config.preset} after ${trained.step} steps, on this page` }]
            : []),
          { value: 'random' as const, label: `${config.preset} with random weights` },
        ]}
        onChange={(value) => choose({ weights: value })}
      />
      {trained && weights === 'run' && <Beside runId={trained.runId} />}
      {!trained && (
        <p className="faint small">
          There is no trained run on this page: <a href="#train">train one</a>, take a kept one up, or open the one that
          comes with the studio. Until then this measures what random weights and colour alone can do.{' '}
          <TrainedRun className="link" />
        </p>
      )}
      {trained?.state === 'running' && weights === 'run' && (
        <p className="warn small">
          The run is training; both would be slowed down.{' '}
          <button type="button" className="link" onClick={() => control('pause')}>
            Pause it
          </button>
        </p>
      )}
    </>
  );
}

/** A kept run that is asked the same: its pixel twin, another seed, other masks. */
function Beside({ runId }: { runId: string }) {
  const runs = useKeep((s) => s.runs).filter((run) => run.runId !== runId && run.step > 0);
  const { beside, task } = useEvaluation((s) => s.choices);
  if (!runs.length || task !== 'probe') return null;
  return (
    <ChoiceField
      label="Beside it"
      field="beside"
      testId="evaluation-beside"
      hint="A kept run with the same encoder gets the same probes, splits and seeds"
      value={runs.some((run) => run.runId === beside) ? (beside ?? '') : ''}
      options={[
        { value: '', label: 'no other run' },
        ...runs.map((run) => ({ value: run.runId, label: `${keptLabel(run).label} at step ${run.step}` })),
      ]}
      onChange={(value) => choose({ beside: value || null })}
    />
  );
}

/** Ways to begin without reading further. */
const protocols = [
  {
    name: 'Quick look',
    testId: 'quick-look',
    says: 'Attentive and linear probe, one seed, at most 192 drawn clips',
    of: quickLook,
  },
  {
    name: 'Usual',
    testId: 'usual-protocol',
    says: 'All probes and controls with all labels, three seeds',
    of: usualProtocol,
  },
  {
    name: 'Full',
    testId: 'full-protocol',
    says: 'The article’s protocol: all probes and controls, 5 to 100 % of the labels, three seeds',
    of: fullProtocol,
  },
] as const;

function Start({ asked }: { asked: Asked }) {
  const device = useStudio((s) => s.device);
  const choices = useEvaluation((s) => s.choices);
  const jobId = useEvaluation((s) => s.jobId);
  return (
    <>
      <div className="row wrap">
        <div className="segmented" role="group" aria-label="Settings">
          {protocols.map(({ name, testId, says, of }) => (
            <button
              key={testId}
              type="button"
              aria-pressed={JSON.stringify(of(choices)) === JSON.stringify(choices)}
              title={says}
              data-testid={testId}
              onClick={() => choose(of(choices))}
            >
              {name}
            </button>
          ))}
        </div>
        {jobId ? (
          <button type="button" data-testid="cancel-evaluation" onClick={cancelEvaluation}>
            Cancel
          </button>
        ) : (
          <button
            type="button"
            className="primary"
            data-testid="start-evaluation"
            disabled={device.kind !== 'ready' || asked.obstacles.length > 0}
            onClick={() => startEvaluation(asked.request)}
          >
            Evaluate
          </button>
        )}
        {jobId && <Progress jobId={jobId} />}
      </div>
      {device.kind === 'none' && (
        <p className="warn small">
          {device.error.message} {device.error.advice}
        </p>
      )}
    </>
  );
}

function Progress({ jobId }: { jobId: string }) {
  const job = useStudio((s) => s.jobs[jobId]);
  const rows = useEvaluation((s) => s.rows.length);
  const left = job?.secondsLeft ?? null;
  return (
    <span className="progress-line" data-testid="evaluation-stage">
      {/* what is said aloud changes with the stage, not with every clip */}
      <span className="unseen" role="status">
        {job?.stage ?? 'Starting'}
      </span>
      <progress value={job?.total ? job.done / job.total : undefined} max={1} aria-label="Evaluation" />
      <span className="small">
        {job?.stage ?? 'Starting'}
        {job && job.total > 1 && ` ${job.done} of ${job.total}`}
        {rows > 0 && `, ${numbered(rows, 'row')} done`}
        {left === null ? ', time left not known yet' : `, ${duration(Math.max(1, left))} left`}
      </span>
    </span>
  );
}

/** What keeps it from starting, what would weaken it, and why the last one ended. */
function Notes({ asked }: { asked: Asked }) {
  const jobId = useEvaluation((s) => s.jobId);
  const error = useEvaluation((s) => s.error);
  const cancelled = useEvaluation((s) => s.cancelled);
  const rows = useEvaluation((s) => s.rows.length);
  const before = useEvaluation((s) => s.before !== null);
  const newer = useEvaluation((s) => (s.before?.report?.finishedAt ?? 0) > (s.report?.finishedAt ?? Infinity));
  return (
    <>
      {asked.obstacles.map(({ field, message }) => (
        <p key={`${field} ${message}`} className="field-problem" data-testid="evaluation-obstacle">
          {message}
        </p>
      ))}
      {!jobId && asked.warnings.length > 0 && (
        <ul className="cautions small" aria-label="Before the start" data-testid="evaluation-warnings">
          {asked.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
      {error && (
        <div className="notice notice-bad" role="alert" data-testid="evaluation-problem">
          <p>
            <strong>{error.message}</strong>
          </p>
          {error.advice && <p>{error.advice}</p>}
        </div>
      )}
      {cancelled && (
        <p className="small" role="status" data-testid="evaluation-cancelled">
          Cancelled.{rows > 0 && ' The rows that were done are below; without the rest there is no verdict.'}
        </p>
      )}
      {before && !jobId && (
        <button type="button" className="link" data-testid="results-before" onClick={showBefore}>
          {newer ? 'Show the newer results' : 'Show the results before'}
        </button>
      )}
    </>
  );
}
