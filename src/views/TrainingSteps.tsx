// Whose weights are looked at: those of a step that is kept, or those of now. One slider through the run's training.

import { keptSteps, useKeep } from '../store/keep.ts';
import { lookAt, useLook } from '../store/look.ts';
import { useStudio } from '../store/studio.ts';

export function TrainingSteps() {
  useKeep((s) => s.runs); // where the kept steps come from
  const run = useStudio((s) => s.run);
  const at = useLook((s) => s.at);
  const steps = keptSteps();
  if (!run || !steps.length) return null;
  const chosen = at?.runId === run.runId ? steps.indexOf(at.step) : -1;
  const place = chosen < 0 ? steps.length : chosen;
  const shown = steps[place] ?? run.step;
  return (
    <label className="row layer-field" title="J K">
      Weights after
      <input
        type="range"
        data-testid="training-step"
        min={0}
        max={steps.length}
        value={place}
        aria-valuetext={`${shown} steps${place === steps.length ? ', now' : ''}`}
        onChange={(event) => lookAt(steps[Number(event.target.value)] ?? null)}
      />
      <span className="layer-name">
        {shown} {place === steps.length && <span className="faint">now</span>}
      </span>
    </label>
  );
}
