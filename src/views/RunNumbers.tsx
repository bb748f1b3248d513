// The live numbers of a run: state, loss and its parts, speed, what went wrong.

import { useEffect } from 'react';
import { type LossConfig, totalSteps } from '../core/config.ts';
import type { StepMetrics } from '../core/step-metrics.ts';
import { ranAway } from '../core/last-good.ts';
import { isActive } from '../store/actions.ts';
import { nameOfRun, useKeep } from '../store/keep.ts';
import { type RunView, useStudio } from '../store/studio.ts';
import { BranchAgain } from './BranchAgain.tsx';
import { bringIntoView } from './bring-into-view.ts';
import { TakeUpAgain } from './KeptOffer.tsx';
import { SavedLine } from './SavedLine.tsx';
import { Fact, runStateNames } from './fields.tsx';
import { count, duration, short } from './numbers.ts';

export default function RunNumbers({ run }: { run: RunView }) {
  const job = useStudio((s) => s.jobs[run.runId]);
  const name = useKeep(() => nameOfRun(run.runId));
  const last = run.metrics.at(-1);
  const recent = run.metrics.slice(-20);
  const ms = recent.reduce((n, m) => n + m.milliseconds, 0) / Math.max(1, recent.length);
  const tokens = recent.reduce((n, m) => n + m.tokens, 0) / Math.max(1, recent.length);
  const total = totalSteps(run.config.optim);
  const pixels = run.config.loss.target === 'pixels';
  const parts = last ? lossParts(last, run.config.loss) : [];
  const seen = last !== undefined;
  useEffect(() => {
    if (seen && !performance.getEntriesByName('first-loss').length) performance.mark('first-loss');
  }, [seen]);
  return (
    <div className="run-numbers">
      <p className="run-head">
        <span className={`state state-${run.state}`} data-testid="run-state">
          {runStateNames[run.state]}
        </span>
        <span className="run-called" title={name}>
          {name}
        </span>
        <span>
          step <span data-testid="run-step">{run.step}</span> <span className="faint">of {total}</span>
        </span>
      </p>
      {run.state === 'preparing' && (
        <div className="progress" data-testid="run-stage">
          <span>{job ? `${job.stage}${job.total > 1 ? ` ${job.done} of ${job.total}` : ''}` : 'Preparing'}</span>
          <progress value={job?.total ? job.done / job.total : undefined} max={1} aria-label="Preparing" />
        </div>
      )}
      {last && (
        <>
          <p className="big">
            <span data-testid="run-loss">{last.loss.toFixed(4)}</span> <span className="faint">loss</span>
          </p>
          {parts.length > 1 && (
            <p className="small faint" data-testid="loss-parts">
              = {parts.join(' + ')}
            </p>
          )}
          <progress value={run.step} max={total} aria-label="Steps" />
          <dl className="facts">
            {last.lossPerSet.map((loss, i) => (
              <Fact key={i} name={`${pixels ? 'Pixels' : 'Latent'}, mask set ${i + 1}`} value={loss.toFixed(4)} />
            ))}
            {run.config.loss.regCoeff > 0 && <Fact name="Variance" value={last.terms.variance.toFixed(4)} />}
            {run.config.loss.sigreg > 0 && <Fact name="SIGReg" value={last.terms.sigreg.toFixed(2)} />}
            <Fact
              name="Gradient norms"
              value={`${last.encoderNorm.toPrecision(3)}, ${last.predictorNorm.toPrecision(3)}`}
            />
            <Fact name="Learning rate" value={last.lr.toPrecision(3)} />
            <Fact name="Weight decay" value={last.weightDecay.toPrecision(3)} />
            <Fact name="EMA momentum" value={last.momentum.toFixed(5)} />
            <Fact name="Steps a second" value={(1000 / ms).toPrecision(3)} />
            <Fact name="Tokens a second" value={count(Math.round((tokens / ms) * 1000))} />
            {isActive(run) && <Fact name="Time left" value={duration(((total - run.step) * ms) / 1000)} />}
          </dl>
        </>
      )}
      {run.error && (
        <div ref={bringIntoView} className="notice notice-bad" role="alert" data-testid="problem">
          <p>{run.error.message}</p>
          {run.error.advice && <p className="faint">{run.error.advice}</p>}
          <TakeUpAgain run={run} />
          <BranchAgain run={run} />
        </div>
      )}
      {!run.error && <RanAway run={run} />}
      <SavedLine run={run} />
    </div>
  );
}

/** What the loss is the sum of. */
function lossParts({ terms }: StepMetrics, { target, regCoeff, sigreg }: LossConfig): string[] {
  return [
    `${target === 'pixels' ? 'pixels' : 'latent'} ${terms.latent.toFixed(3)}`,
    ...(regCoeff > 0 ? [`${regCoeff} × variance ${terms.variance.toFixed(3)}`] : []),
    ...(sigreg > 0 ? [`${sigreg} × SIGReg ${terms.sigreg.toFixed(2)}`] : []),
  ];
}

/** That the loss has left all bounds, while the run still takes steps or rests. */
function RanAway({ run }: { run: RunView }) {
  const levels = ranAway(run.metrics);
  if (!levels) return null;
  return (
    <div ref={bringIntoView} className="notice notice-bad" role="alert" data-testid="ran-away">
      <p>
        The loss has run away: {short(levels.now)}, where random weights began with {short(levels.first)}. Its steps are
        too long, and the weights of now are spoilt.
      </p>
      <BranchAgain run={run} />
    </div>
  );
}
