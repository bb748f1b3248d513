// All runs beside each other: the list on the left says what each is, the charts on the right what became of it.

import { useEffect } from 'react';
import { chartNames } from '../core/run-curves.ts';
import { calledRun } from '../core/run-name.ts';
import { useKeep } from '../store/keep.ts';
import { showRuns, useRuns, watchRuns } from '../store/runs.ts';
import { LeavingRuns } from './LeavingRuns.tsx';
import { Problem } from './Problem.tsx';
import { ReceivedFiles } from './ReceivedFiles.tsx';
import { RunChart } from './RunChart.tsx';
import { reachOf, type ShownRun } from './run-lines.ts';
import { RunsBar } from './RunsBar.tsx';
import { RunsList } from './RunsList.tsx';
import { useRunsKeys } from './runs-keys.ts';
import { useSeenRuns } from './seen-runs.ts';
import { TrainedRun } from './TrainedRun.tsx';
import './runs.css';

export default function RunsView() {
  const seen = useSeenRuns();
  const hiddenToo = useRuns((s) => s.hiddenToo);
  const along = useRuns((s) => s.along);
  const looking = useKeep((s) => s.offered === undefined);
  useEffect(watchRuns, []);
  const listed = seen.filter((run) => hiddenToo || !run.kept?.note.hidden);
  const shown = listed.filter((run): run is ShownRun => run.outline !== null && run.outline.metrics.length > 0);
  const reach = reachOf(shown, along);
  useRunsKeys(reach);
  const some = shown.length > 0;
  // the crosshair stood where only a run went that is gone or hidden
  useEffect(() => {
    const { cursor } = useRuns.getState();
    if (some && cursor !== null && cursor > reach) showRuns({ cursor: null });
  }, [some, reach]);
  return (
    <main className="stage runs">
      <section className="runs-list" aria-label="Runs">
        <Problem />
        <ReceivedFiles beside />
        <LeavingRuns />
        <ArrivedRun />
        <RunsList seen={seen} listed={listed} />
      </section>
      <section className="runs-charts" aria-label="Curves of the runs">
        {seen.length > 0 && <RunsBar reach={reach} shown={shown} />}
        {shown.length > 0 ? (
          <div className="runs-grid">
            {chartNames.map((chart) => (
              <RunChart key={chart} chart={chart} runs={shown} reach={reach} />
            ))}
          </div>
        ) : (
          <div className="runs-empty">
            {listed.length > 0 ? (
              <p className="faint">
                {listed.every((run) => run.problem)
                  ? 'None of the runs can be read; the list says why.'
                  : 'The runs are being read.'}
              </p>
            ) : seen.length > 0 ? (
              <p className="faint">All runs are hidden. The list shows them again.</p>
            ) : looking ? (
              <p className="faint">Looking for runs that are kept on this device…</p>
            ) : (
              <NoRuns />
            )}
          </div>
        )}
      </section>
    </main>
  );
}

/** A run that came in as a file is somewhere in the list. */
function ArrivedRun() {
  const { runs, arrived } = useKeep();
  const run = runs.find(({ runId }) => runId === arrived);
  if (!run) return null;
  const show = () => {
    const row = document.querySelector<HTMLElement>(`[data-run="${CSS.escape(run.runId)}"]`);
    row?.scrollIntoView({ block: 'nearest' });
    row?.querySelector<HTMLElement>('input, button')?.focus();
  };
  return (
    <div className="notice" role="status" data-testid="arrived-run">
      <p>
        <strong>{calledRun(run.runId, run.note.name)}</strong> came in, {run.preset} at step {run.step}.
      </p>
      <div className="row">
        <button type="button" onClick={show}>
          Show it
        </button>
        <button type="button" className="link" onClick={() => useKeep.setState({ arrived: null })}>
          Dismiss
        </button>
      </div>
    </div>
  );
}

function NoRuns() {
  return (
    <div className="notice" role="status" data-testid="no-runs">
      <p>
        <strong>There are no runs yet.</strong>
      </p>
      <p>
        They appear here as soon as one trains: press <kbd>T</kbd> on the <a href="#train">Train</a> screen. Or drop an
        exported checkpoint, or open the run that comes with the studio: nano, trained for 1000 steps, 3 MB.
      </p>
      <div className="row">
        <TrainedRun className="primary" />
      </div>
    </div>
  );
}
