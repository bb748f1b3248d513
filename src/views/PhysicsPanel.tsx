// Physics pairs: a possible and an impossible video that end alike. How often the impossible one surprises the run more.

import type { PhysicsReport } from '../protocol/looking.ts';
import { cancelPairs, chooseUntrained, scorePairs, usePhysics } from '../store/physics.ts';
import { useStudio } from '../store/studio.ts';
import { physicsNames, type PhysicsProperty } from '../core/physics.ts';
import { ChoiceField } from './fields.tsx';
import { duration } from './numbers.ts';
import { Panel } from './Panel.tsx';
import './tables.css';

const names: Record<PhysicsProperty | 'all', string> = {
  all: 'all pairs',
  permanence: 'a body behind a bar is still there',
  continuity: 'bodies do not jump',
  bounce: 'bodies do not go through a wall',
  colour: 'colour stays',
};

export function PhysicsPanel() {
  const run = useStudio((s) => s.run);
  const ready = useStudio((s) => s.device.kind === 'ready');
  const { untrained, jobId, found, error } = usePhysics();
  const job = useStudio((s) => (jobId ? s.jobs[jobId] : undefined));
  const left = job?.secondsLeft ?? null;
  const scored = found && found.runId === run?.runId ? found : null;
  const able = ready && run !== null && run.step > 0 && !run.weightless && run.state !== 'failed';
  return (
    <Panel title="Physics pairs" note={scored ? '' : 'not scored'}>
      <p className="small faint">
        A possible and an impossible drawn video that end alike, byte for byte. Which one surprises the run more?
      </p>
      <ChoiceField
        label="Beside"
        field="untrained"
        hint="Networks that were never trained are not at one half: what was trained is held against them"
        value={String(untrained)}
        options={[3, 20].map((n) => ({ value: String(n), label: `${n} untrained networks` }))}
        onChange={(n) => chooseUntrained(Number(n))}
      />
      {jobId ? (
        <div className="progress">
          <progress value={job?.total ? job.done / job.total : undefined} max={1} aria-label="Physics pairs" />
          <span className="small faint">
            {left === null ? 'Time left not known yet' : `${duration(Math.max(1, left))} left`}
          </span>
          <button type="button" className="link" onClick={cancelPairs}>
            Cancel
          </button>
        </div>
      ) : (
        <button type="button" data-testid="score-physics" disabled={!able} onClick={() => void scorePairs()}>
          Score the pairs
        </button>
      )}
      {error && (
        <p className="warn small" role="status">
          {error.message} {error.advice}
        </p>
      )}
      {scored && <Shares step={scored.step} report={scored.report} />}
    </Panel>
  );
}

const percent = (v: number): string => `${Math.round(v * 100)} %`;

function Shares({ step, report }: { step: number; report: PhysicsReport }) {
  const { trained, untrained, interval, sets } = report;
  const all = untrained.map((s) => s.all);
  const below = all.filter((v) => v < trained.all).length;
  return (
    <div data-testid="physics-shares">
      <p className="small" role="status">
        After {step} steps {percent(trained.all)} of {physicsNames.length * sets * 2} pairs
        {interval && ` (95 % interval ${percent(interval.low)} to ${percent(interval.high)})`}; above {below} of{' '}
        {all.length} untrained networks.
      </p>
      <table className="figures small">
        <thead>
          <tr>
            <th scope="col">Right about</th>
            <th scope="col">run</th>
            <th scope="col">untrained</th>
          </tr>
        </thead>
        <tbody>
          {(['all', ...physicsNames] as const).map((name) => {
            const others = untrained.map((s) => s[name]);
            return (
              <tr key={name}>
                <th scope="row">{names[name]}</th>
                <td>{percent(trained[name])}</td>
                <td>
                  {percent(others.reduce((a, b) => a + b, 0) / (others.length || 1))}{' '}
                  <span className="faint">
                    {percent(Math.min(...others))} to {percent(Math.max(...others))}
                  </span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
