// Trains a kept run again from its record and says whether every loss is the same.

import { cancelReplay, replayRun, useReplay } from '../store/replay.ts';
import { useStudio } from '../store/studio.ts';
import { replayObstacle } from './run-obstacles.ts';
import type { KeptRun, ReplayResult } from '../protocol/keeping.ts';

export function ReplayButton({ run, name }: { run: KeptRun; name: string }) {
  const { runId, jobId, result, problem } = useReplay();
  const job = useStudio((s) => (jobId ? s.jobs[jobId] : undefined));
  const device = useStudio((s) => s.device.kind);
  const mine = runId === run.runId;
  const obstacle = jobId ? 'Another run is being replayed' : replayObstacle(run, device);
  if (mine && jobId)
    return (
      <div className="progress replay">
        <span className="small">
          {job ? `${job.stage} ${job.total ? `${job.done} of ${job.total}` : ''}` : 'Replay'}
        </span>
        <progress value={job?.total ? job.done / job.total : undefined} max={1} aria-label="Replay" />
        <button type="button" className="link" onClick={cancelReplay}>
          Cancel
        </button>
      </div>
    );
  return (
    <div className="replay">
      <button
        type="button"
        className="link"
        aria-label={`Replay ${name}`}
        title={
          obstacle ??
          'Trains it again from its settings, seeds, clips and changes, and compares every loss. Takes as long as the run did, and waits while another one trains.'
        }
        data-testid="replay-run"
        disabled={obstacle !== null}
        onClick={() => void replayRun(run.runId)}
      >
        Replay
      </button>
      {mine && (
        <span className="small" role="status" data-testid="replay-result">
          {result && said(result)}
          {problem && (
            <span className="warn">
              {problem.message} {problem.advice}
            </span>
          )}
        </span>
      )}
    </div>
  );
}

function said(result: ReplayResult): string {
  switch (result.kind) {
    case 'equal':
      return result.compared === result.steps
        ? `All ${result.steps} steps are equal, bit for bit.`
        : `All ${result.compared} recorded losses of ${result.steps} steps are equal, bit for bit.`;
    case 'differs':
      return `First difference at step ${result.step + 1}: ${result.recorded === null ? 'it was taken' : `${result.recorded} was recorded`}, now ${Number.isNaN(result.again) ? 'it breaks' : `it is ${result.again}`}.`;
    case 'cancelled':
      return `Given up after ${result.steps} steps.`;
  }
  return result satisfies never;
}
