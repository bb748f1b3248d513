// After a step that broke, or once the loss has run away: the way on from what the run had before.

import { branchRun } from '../store/branch.ts';
import { useKeep } from '../store/keep.ts';
import type { RunView } from '../store/studio.ts';

export function BranchAgain({ run }: { run: RunView }) {
  const saved = useKeep((s) => s.saved?.runId === run.runId);
  const opening = useKeep((s) => s.opening !== null);
  if (run.error && run.error.code !== 'non-finite') return null;
  if (!saved) return <p className="faint">Nothing was saved before it, so there is no step to go on from.</p>;
  return (
    <>
      <button
        type="button"
        className="primary"
        data-testid="branch-again"
        disabled={opening}
        onClick={() => void branchRun(null)}
      >
        Branch from the last good step
      </button>
      <p className="faint small">
        A new run with the newest saved weights that still gave a loss like those before, and a tenth of their learning
        rate, at most that which the run began with.
      </p>
    </>
  );
}
