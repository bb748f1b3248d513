// Runs that were deleted a moment ago, and the way back.

import { useEffect, useRef, useState } from 'react';
import { calledRun } from '../core/run-name.ts';
import { patience, takeBack, useKeep } from '../store/keep.ts';
import { focusIsLost } from './focus.ts';

export function LeavingRuns() {
  const leaving = useKeep((s) => s.leaving);
  const last = useRef<HTMLButtonElement>(null);
  const count = leaving.length;
  const before = useRef(count);
  useEffect(() => {
    // the way back is the next thing under the keys, where what was pressed is gone
    if (count > before.current && focusIsLost()) last.current?.focus();
    before.current = count;
  }, [count]);
  if (!count) return null;
  return (
    <div className="notice" role="status" data-testid="leaving">
      {leaving.map(({ runId, note, preset, step }) => (
        <p key={runId} className="row wrap">
          <span>
            <strong>{calledRun(runId, note.name)}</strong> is deleted, {preset} at step {step}.{' '}
            <span className="faint">Undo is possible for {patience / 1000} seconds.</span>
          </span>
          <button ref={count === 1 ? last : undefined} type="button" onClick={() => void takeBack(runId)}>
            Undo
          </button>
          <TimeLeft until={note.leaves} />
        </p>
      ))}
      {count > 1 && (
        <button ref={last} type="button" onClick={() => leaving.forEach(({ runId }) => void takeBack(runId))}>
          Undo all {count}
        </button>
      )}
    </div>
  );
}

/** How much of the time to take a run back is left: a line that grows shorter. `until`: milliseconds since 1970. */
function TimeLeft({ until }: { until: number | null }) {
  const [gone] = useState(() => (until === null ? 0 : patience - (until - Date.now())));
  return (
    <span
      className="time-left"
      style={{ animationDuration: `${patience}ms`, animationDelay: `${-gone}ms` }}
      aria-hidden="true"
    />
  );
}
