// How the run on the page is kept: the last save, what hinders one, whether the device stays awake.

import { byteSize } from '../core/byte-size.ts';
import { isActive } from '../store/actions.ts';
import { useAwake } from '../store/awake.ts';
import { exportCheckpoint, isUnsaved, useKeep } from '../store/keep.ts';
import type { RunView } from '../store/studio.ts';
import { ago, useNow } from './time-ago.ts';

export function SavedLine({ run }: { run: RunView }) {
  const keep = useKeep();
  const { runs, saved, saveProblem, notes } = keep;
  const awake = useAwake((s) => s.awake);
  const now = useNow();
  const mine = saved?.runId === run.runId ? saved : null;
  const problem = saveProblem?.runId === run.runId ? saveProblem.error : null;
  const lines = notes?.runId === run.runId ? notes.lines : [];
  const gone = isActive(run) && runs.find((kept) => kept.runId === run.runId)?.missing;
  return (
    <>
      <p className="faint small" data-testid="saved" data-step={mine?.step ?? ''}>
        {mine
          ? `Saved at step ${mine.step}, ${ago(mine.savedAt, Math.max(now, mine.savedAt))}${mine.bytes ? `, ${byteSize(mine.bytes)}` : ''}.`
          : isActive(run) && !problem
            ? 'It is saved with its first steps.'
            : 'Not saved.'}
        {!problem && isUnsaved(run, keep) && (
          <span data-testid="saving">
            {run.state === 'running' ? ' The change comes with the next save.' : ' What came since is being saved …'}
          </span>
        )}
        {awake === 'held' && ' The screen stays on while it trains.'}
        {awake === 'refused' && ' The browser may let the screen go dark: training then may pause.'}
      </p>
      {lines.map((note) => (
        <p key={note} className="warn small">
          {note}
        </p>
      ))}
      {gone && gone.length > 0 && (
        <p className="warn small" data-testid="clips-gone">
          No longer among the clips: {gone.map((f) => f.name).join(', ')}. The run goes on, and asks for them when it is
          taken up again.
        </p>
      )}
      {problem && (
        <div className="notice notice-bad small" role="alert" data-testid="save-problem">
          <p>
            <strong>{problem.message}</strong>
          </p>
          <p className="faint">{problem.advice}</p>
          <button type="button" onClick={() => void exportCheckpoint(run.runId)}>
            Export
          </button>
        </div>
      )}
    </>
  );
}
