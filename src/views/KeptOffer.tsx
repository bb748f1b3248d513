// A run that was left, by reload, crash or a lost GPU, is offered again with one button.

import { isActive } from '../store/actions.ts';
import { calledRun } from '../core/run-name.ts';
import { nameAll, nameSome, numbered } from '../core/numbered.ts';
import { dismissOffer, remove, takeUp, useKeep } from '../store/keep.ts';
import { type RunView, useStudio } from '../store/studio.ts';
import type { KeptRun } from '../protocol/keeping.ts';
import { count } from './numbers.ts';
import { OpenMissing } from './OpenAgain.tsx';
import { resumeObstacle } from './run-obstacles.ts';
import { ago, useNow } from './time-ago.ts';

export default function KeptOffer() {
  const run = useStudio((s) => s.run);
  const { runs, offered } = useKeep();
  const kept = runs.find((r) => r.runId === offered);
  if (!kept || isActive(run)) return null;
  return <Offer kept={kept} />;
}

function Offer({ kept }: { kept: KeptRun }) {
  const device = useStudio((s) => s.device.kind);
  const opening = useKeep((s) => s.opening !== null);
  const now = useNow();
  const { runId, preset, step, savedAt, missing, otherwise, elsewhere, note } = kept;
  const finished = step >= kept.total;
  const why = resumeObstacle(kept, { device, busy: false, opening }) ?? undefined;
  return (
    <div className="notice offer" data-testid="kept-offer" data-step={step}>
      <p>
        <strong role="status">
          {calledRun(runId, note.name)}, {preset} at step {spaced(step)}
        </strong>
        , saved {ago(savedAt, now)}
      </p>
      <p className="faint" title={why}>
        {elsewhere
          ? 'It is open in another tab of the studio. Go on there, or close that tab first.'
          : missing.length
            ? `It learns from files that a page cannot open by itself. Drop them again: ${names(missing)}.`
            : finished
              ? 'It is finished. Open it to look at it, to evaluate it or to branch from it.'
              : otherwise.length
                ? `${changedFiles(otherwise)}: it goes on to step ${spaced(kept.total)}, but not as if it had never stopped.`
                : `It goes on as if it had never stopped, to step ${spaced(kept.total)}.`}
      </p>
      {!elsewhere && nameAll(missing.map((f) => f.name)).length > 4 && (
        <details className="small">
          <summary>All {missing.length} files</summary>
          <p>{nameAll(missing.map((f) => f.name)).join(', ')}</p>
        </details>
      )}
      <div className="row wrap">
        <button
          type="button"
          className="primary"
          data-testid="take-up"
          disabled={why !== undefined}
          title={why}
          onClick={() => void takeUp(runId)}
        >
          {finished ? 'Open' : 'Resume'}
        </button>
        {!elsewhere && <OpenMissing missing={missing} />}
        <button type="button" data-testid="dismiss-offer" onClick={dismissOffer}>
          Not now
        </button>
        <button type="button" disabled={opening || elsewhere} onClick={() => void remove(runId)}>
          Delete it
        </button>
      </div>
    </div>
  );
}

/** After the GPU was lost: what was saved is one button away. */
export function TakeUpAgain({ run }: { run: RunView }) {
  const saved = useKeep((s) => s.saved);
  const opening = useKeep((s) => s.opening !== null);
  if (run.state !== 'failed' || saved?.runId !== run.runId || run.error?.code === 'non-finite') return null;
  return (
    <button
      type="button"
      className="primary"
      data-testid="take-up-again"
      disabled={opening}
      onClick={() => void takeUp(run.runId)}
    >
      Take it up from step {spaced(saved.step)}
    </button>
  );
}

const names = (missing: KeptRun['missing']): string => nameSome(missing.map((f) => f.name));

/** What there was no memory for as the run had it. */
const changedFiles = ([first, ...others]: KeptRun['otherwise']): string =>
  `${first.name} is kept as ${first.now}, and the run learnt from ${first.before}${others.length ? `, likewise ${numbered(others.length, 'more file')}` : ''}`;

/** 1250 → "1 250" */
const spaced = (n: number): string => (n < 1e4 ? String(n).replace(/(\d)(\d{3})$/, '$1\u202f$2') : count(n));
