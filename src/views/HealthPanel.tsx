// The health of a run: what its checks say in one sentence, the measures over its steps, and at the cursor the spectrum and
// the layers. Loaded when it is opened.

import { useRef, useState } from 'react';
import { probeIntervals } from '../core/check-budget.ts';
import { checkConfig, type RunConfig } from '../core/config.ts';
import type { HealthRow, ProbeHealth } from '../core/health-row.ts';
import { checkSizes, fewestOfClass } from '../core/health-sizes.ts';
import { scoreInterval } from '../core/measures.ts';
import { skill } from '../core/skill.ts';
import { healthVerdict, remedies, type Remedy, wasSound } from '../core/health-verdict.ts';
import { branchProblem } from '../core/lineage.ts';
import { settingsAt } from '../core/run-changes.ts';
import { branchRun } from '../store/branch.ts';
import { checkNow, chooseProbeEvery, lookAtCheck, takeRemedy, useHealth } from '../store/health.ts';
import { keptSteps, useKeep } from '../store/keep.ts';
import { isOver, type RunView, useStudio } from '../store/studio.ts';
import { pictureTitle, saveTrainPng } from '../store/train-pictures.ts';
import { chartsIn, chartSheet } from './chart-sheet.ts';
import { HealthBadge } from './HealthBadge.tsx';
import { HealthLayers } from './HealthLayers.tsx';
import { SavePicture } from './SavePicture.tsx';
import { type SmallLine, SmallLines } from './SmallLines.tsx';
import { TrainedRun } from './TrainedRun.tsx';
import './health.css';

export default function HealthPanel() {
  const run = useStudio((s) => s.run);
  const { runId, rows, problem, looked, share, heldOut } = useHealth();
  // the check under the pointer, as long as it is there
  const [pointed, setPointed] = useState<number | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const mine = run !== null && run.runId === runId;
  if (!run)
    return (
      <div className="row wrap">
        <p className="faint">Health is checked while a run trains.</p>
        <TrainedRun className="link" />
      </div>
    );
  // a run that failed says itself what happened
  const trouble = mine && problem && run.state !== 'failed' && (
    <div className="notice" role="status">
      <p>Health is not checked now. {problem.message}</p>
      {problem.advice && <p className="faint">{problem.advice}</p>}
    </div>
  );
  if (!mine || !rows.length)
    return (
      <>
        {trouble}
        <div className="row wrap">
          {!trouble && (
            <p className="faint">
              {isOver(run) ? 'The run ended before it was checked.' : 'The first check comes behind ten steps.'}
            </p>
          )}
          {/* there may be room by now; a clip too few stays one */}
          {!(mine && problem?.code === 'config') && <CheckNow run={run} />}
        </div>
      </>
    );
  const newest = rows.length - 1;
  const cursor = Math.min(pointed ?? looked ?? newest, newest);
  const save = async () => {
    if (!box.current) return;
    const title = `${pictureTitle('Health')}; over steps 0 to ${rows[newest].step}, numbers of step ${rows[cursor].step}`;
    await saveTrainPng('health', await chartSheet(chartsIn(box.current), { title, across: 3, size: 3 }));
  };
  return (
    <div className="health" data-testid="health" ref={box}>
      {trouble}
      <Verdict run={run} rows={rows} heldOut={heldOut} />
      <div className="row wrap">
        <label className="health-cursor small">
          Check at step {rows[cursor].step}
          <input
            type="range"
            min={0}
            max={newest}
            value={cursor}
            onChange={({ target }) => lookAtCheck(Number(target.value) < newest ? Number(target.value) : null)}
          />
        </label>
        {rows[0].probes && !isOver(run) && <ProbeEvery />}
        <CheckNow run={run} />
        <SavePicture of="health" save={save} />
      </div>
      <p className="small faint">Each chart goes from step 0 to {rows[newest].step}.</p>
      <Multiples rows={rows} cursor={cursor} onLook={setPointed} />
      <HealthLayers row={rows[cursor]} first={rows[0]} />
      <p className="small faint">
        {heldOut
          ? 'Checked with drawn clips that it does not learn from.'
          : 'Checked with its own clips, as there are no others.'}{' '}
        {share > 0 &&
          `Checks took ${(share * 100).toFixed(1)} % of the time of the steps, counted from where it was begun or taken up, all of them together.`}{' '}
        Ranks are compared with those of the random weights, and only with the spread beside: noise has rank too.{' '}
        {toldOfProbes(rows[0].probes?.[0], run.config)}
      </p>
    </div>
  );
}

/** What the answers rest on, or why nothing is asked. */
function toldOfProbes(asked: ProbeHealth | undefined, config: RunConfig): string {
  if (asked)
    return `Right answers: ${asked.test} clips are named by the labels of ${asked.train} others; the run itself never sees a label. The bands are what so few clips leave open (one deviation).`;
  return checkSizes(config).probed
    ? `It is not asked for labels: that takes two folders with ${fewestOfClass} videos or more each.`
    : 'It is not asked for labels, as its clips are too large for that between two steps: Evaluate asks.';
}

/** How often labels are asked while a run trains. */
function ProbeEvery() {
  const every = useHealth((s) => s.probeEvery);
  return (
    <label className="health-every small" title="Checks with labels take longer than those without">
      Labels are asked
      <select
        data-testid="probe-every"
        value={every ?? ''}
        onChange={({ target }) => chooseProbeEvery(probeIntervals.find((n) => String(n) === target.value) ?? null)}
      >
        <option value="">when there is time</option>
        {probeIntervals.map((n) => (
          <option key={n} value={n}>
            every {n} steps
          </option>
        ))}
      </select>
    </label>
  );
}

/** For who does not want to wait until the next check is earned. */
function CheckNow({ run }: { run: RunView }) {
  const asked = useHealth((s) => s.asked && s.runId === run.runId);
  if ((run.state !== 'running' && run.state !== 'paused') || run.step === 0) return null;
  return (
    <button
      type="button"
      aria-disabled={asked || undefined}
      title="Measures all of it at once, labels too; checks that come by themselves wait longer for it"
      data-testid="check-now"
      onClick={() => !asked && checkNow(run.runId)}
    >
      {asked ? 'Checking …' : 'Check now'}
    </button>
  );
}

function Verdict({ run, rows, heldOut }: { run: RunView; rows: readonly HealthRow[]; heldOut: boolean }) {
  const verdict = healthVerdict(rows, undefined, isOver(run));
  const settings = useStudio((s) => s.config);
  const opening = useKeep((s) => s.opening !== null);
  useKeep((s) => s.runs); // where the kept steps come from
  // a branch begins where the run was sound, if that is kept; settings that no run can begin with may have been made on the
  // way, to break it
  const sound = keptSteps().findLast((step) => wasSound(rows, step)) ?? null;
  const begins = sound ?? run.step;
  const inForce = settingsAt(run, begins);
  const now = checkConfig(inForce).length ? run.config : inForce;
  const help = remedies(verdict.state, now, run.config.optim.lr);
  // a run at its end, or one that failed, has nothing to go on with
  const ready = run.state !== 'failed' && run.state !== 'preparing';
  const branches = (change: Remedy['change']) => ready && !branchProblem(run.config, change(now), begins);
  return (
    <div className="health-verdict" role="status" data-testid="health-verdict">
      <p>
        <HealthBadge state={verdict.state} /> {verdict.evidence}
        {!heldOut &&
          (verdict.state === 'healthy' || verdict.state === 'escaped') &&
          ' All of it was seen on clips that it learns from; of others it says nothing.'}
      </p>
      {help.length > 0 && (
        <ul className="health-remedies">
          {help.map(({ label, why, change }) => {
            const taken = !branches(change) && isSame(change(settings), settings);
            return (
              <li key={label}>
                <button
                  type="button"
                  disabled={opening}
                  aria-disabled={taken || undefined}
                  onClick={() => {
                    if (branches(change)) void branchRun(change(now), sound);
                    else if (!taken) takeRemedy(change(settings));
                  }}
                >
                  {label}
                </button>{' '}
                <span className="small faint">{taken ? 'It is among the settings of the next run.' : why}</span>
              </li>
            );
          })}
        </ul>
      )}
      {help.length > 0 && (
        <p className="small faint">
          {help.some(({ change }) => branches(change))
            ? `Each begins a new run with the weights that this one ${sound === null ? 'has now' : `had after step ${sound}, when it was sound`}, and keeps this one as it is.`
            : 'Changes the settings of the next run; this one keeps its own.'}
        </p>
      )}
    </div>
  );
}

const isSame = (a: RunConfig, b: RunConfig): boolean => JSON.stringify(a) === JSON.stringify(b);

interface MultiplesProps {
  rows: readonly HealthRow[];
  cursor: number;
  onLook: (index: number | null) => void;
}

function Multiples({ rows, cursor, onLook }: MultiplesProps) {
  const steps = rows.map(({ step }) => step);
  const line = (name: string, value: (row: HealthRow) => number | null): SmallLine => ({
    name,
    values: rows.map(value),
  });
  const both = (value: (f: HealthRow['encoder']) => number) => [
    line('encoder', (r) => value(r.encoder)),
    line('target', (r) => value(r.target)),
  ];
  const shared = { steps, cursor, onLook };
  const [first] = rows;
  const atStart = (value: number) => [{ name: 'at the start', value }];
  return (
    <div className="health-charts">
      <SmallLines
        title="Spread of tokens"
        lines={both((f) => f.spread)}
        levels={atStart(first.target.spread)}
        from={0}
        {...shared}
      />
      <SmallLines
        title="Effective rank of tokens"
        lines={both((f) => f.rank)}
        levels={atStart(first.target.rank)}
        from={0}
        {...shared}
      />
      <SmallLines
        title="Rank of pooled features"
        lines={[
          line('as they are', (r) => r.target.pooledRank),
          line('less their mean', (r) => r.target.pooledRankCentred),
        ]}
        from={0}
        {...shared}
      />
      <SmallLines title="Cosine of two clips" lines={both((f) => f.cosine)} {...shared} />
      <SmallLines title="Teacher behind student" lines={[line('distance', (r) => r.lag)]} from={0} {...shared} />
      <SmallLines
        title="Prediction error"
        lines={[
          line('as it is', (r) => r.loss),
          line('other clip’s context', (r) => r.swapped),
          line('places shuffled', (r) => r.permuted),
        ]}
        from={0}
        {...shared}
      />
      <SmallLines
        title="Skill"
        lines={[
          line('against the mean target', (r) => skill(r.loss, r.meanBaseline)),
          line('against the nearest context', (r) => skill(r.loss, r.nearestBaseline)),
        ]}
        levels={[{ name: 'no better', value: 0 }]}
        {...shared}
      />
      {(first.probes ?? []).map(({ axis, chance, linear, neighbours }) => {
        const probed = (name: string, share: (p: ProbeHealth) => number): SmallLine => {
          const of = rows.map(({ probes }) => probes?.find((p) => p.axis === axis) ?? null);
          return {
            name,
            values: of.map((p) => p && share(p)),
            ranges: of.map((p) => p && scoreInterval(share(p), p.test, 1)),
          };
        };
        return (
          <SmallLines
            key={axis}
            title={`Right answers, ${axis}`}
            lines={[probed('linear', (p) => p.linear), probed('neighbours', (p) => p.neighbours)]}
            levels={[
              { name: 'linear, random weights', value: linear, of: 0 },
              { name: 'neighbours, random weights', value: neighbours, of: 1 },
              { name: 'chance', value: chance },
            ]}
            from={0}
            {...shared}
          />
        );
      })}
    </div>
  );
}
