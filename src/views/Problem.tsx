// The last thing that failed, until it is dismissed.

import { patch, useStudio } from '../store/studio.ts';
import { bringIntoView } from './bring-into-view.ts';

export function Problem() {
  const problem = useStudio((s) => s.problem);
  if (!problem) return null;
  return (
    <div key={problem.message} ref={bringIntoView} className="notice notice-bad" role="alert" data-testid="problem">
      <p>
        <strong>{problem.message}</strong>
      </p>
      {problem.advice && <p>{problem.advice}</p>}
      <button type="button" className="link" onClick={() => patch({ problem: null })}>
        Dismiss
      </button>
    </div>
  );
}
