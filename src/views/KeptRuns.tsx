// The newest runs that this device keeps: take up, export; and how safe they are. The Runs screen has them all.

import { byteSize } from '../core/byte-size.ts';
import { nameSome } from '../core/numbered.ts';
import { Download, Play } from 'lucide-react';
import { calledRun } from '../core/run-name.ts';
import { isActive } from '../store/actions.ts';
import {
  chooseSeconds,
  exportCheckpoint,
  leastSeconds,
  mostSeconds,
  secondsProblem,
  takeUp,
  useKeep,
} from '../store/keep.ts';
import type { KeptRun } from '../protocol/keeping.ts';
import { useStudio } from '../store/studio.ts';
import { NumberField } from './fields.tsx';
import { LeavingRuns } from './LeavingRuns.tsx';
import { Panel } from './Panel.tsx';
import { brokenWords, resumeObstacle } from './run-obstacles.ts';
import { ReplayButton } from './ReplayButton.tsx';
import { ago, useNow } from './time-ago.ts';

/** Runs that are listed here. */
const most = 4;

export function KeptRuns() {
  const { runs, storage, problem, written, offered } = useKeep();
  const all = runs.reduce((n, run) => n + run.bytes, 0);
  return (
    <Panel
      title="Kept runs"
      note={runs.length ? `${runs.length}, ${byteSize(all)}` : offered === undefined ? 'looking…' : 'none yet'}
    >
      {problem && (
        <p className="warn small">
          {problem.message} {problem.advice}
        </p>
      )}
      {runs.length > 0 && (
        <ul className="kept" data-testid="kept-runs">
          {runs.slice(0, most).map((run) => (
            <KeptItem key={run.runId} run={run} />
          ))}
        </ul>
      )}
      {runs.length > 0 && (
        <p className="small">
          <a href="#runs">{runs.length > most ? `All ${runs.length} runs` : 'Names, curves, comparison'}</a>
        </p>
      )}
      <LeavingRuns />
      <NumberField
        label="Seconds between saves"
        field="autosave"
        hint="While a run trains. It is saved too when it pauses, stops or ends, and when the page is hidden. Saving takes a tenth of the time at most, so large models are saved less often. Training goes on in a hidden tab: in Chromium 156 it was as fast there as in sight."
        value={written}
        problem={secondsProblem(written)}
        min={leastSeconds}
        max={mostSeconds}
        onChange={chooseSeconds}
      />
      {storage && (
        <p className="faint small" data-testid="storage">
          {byteSize(storage.usage)} of {byteSize(storage.quota)} offered are in use.{' '}
          {storage.persisted
            ? 'The browser promised to keep them.'
            : 'The browser may clear them when the disk is nearly full: export what must last. A dropped export comes back here.'}
        </p>
      )}
    </Panel>
  );
}

function KeptItem({ run }: { run: KeptRun }) {
  const now = useNow();
  const shown = useStudio((s) => s.run);
  const device = useStudio((s) => s.device.kind);
  const opening = useKeep((s) => s.opening !== null);
  const busy = isActive(shown);
  const obstacle = resumeObstacle(run, { device, busy, opening });
  const here = busy && shown?.runId === run.runId;
  const place = `${run.preset} at step ${run.step}`;
  const name = calledRun(run.runId, run.note.name);
  const broken = brokenWords(run.note.broke, run.step);
  const verb = run.step < run.total ? 'Resume' : 'Open';
  return (
    <li data-testid="kept-run" data-step={run.step}>
      <span>
        <span className="kept-name">{name}</span>{' '}
        <span className="faint small">
          {place},{' '}
          {here ? 'on this page' : run.elsewhere ? 'open in another tab' : ago(run.savedAt, Math.max(now, run.savedAt))}
          , {byteSize(run.bytes)}
        </span>
        {broken && <span className="warn small"> {broken}</span>}
        {run.missing.length > 0 && !here && (
          <span className="warn small"> needs {nameSome(run.missing.map((f) => f.name))}</span>
        )}
      </span>
      <span className="row">
        <button
          type="button"
          className="icon"
          aria-label={`${verb} ${name}`}
          title={obstacle ?? verb}
          disabled={obstacle !== null}
          onClick={() => void takeUp(run.runId)}
        >
          <Play size={16} aria-hidden="true" />
        </button>
        <button
          type="button"
          className="icon"
          aria-label={`Export ${name}`}
          title="Export as safetensors"
          data-testid="export-checkpoint"
          onClick={() => void exportCheckpoint(run.runId)}
        >
          <Download size={16} aria-hidden="true" />
        </button>
      </span>
      <ReplayButton run={run} name={name} />
    </li>
  );
}
