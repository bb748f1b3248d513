// Whose weights are looked at: those of a step that is kept, or those of now. One slider through the run's training.

import { numbered } from '../core/numbered.ts';
import { keptSteps, useKeep } from '../store/keep.ts';
import { lookAt, trainingStops, useLook } from '../store/look.ts';
import { useStudio } from '../store/studio.ts';

function useStops() {
  useKeep((s) => s.runs); // where the kept steps come from
  useLook((s) => s.at);
  const run = useStudio((s) => s.run);
  return { run, ...trainingStops() };
}

/** What there is instead of the slider, in a sentence. */
export function NoTrainingSteps() {
  const { run, stops } = useStops();
  if (!run || stops.length) return null;
  return (
    <span data-testid="no-training-steps"> Weights after {numbered(run.step, 'step')}; no earlier ones are kept.</span>
  );
}

export function TrainingSteps() {
  const { run, stops, place } = useStops();
  if (!run || !stops.length) return null;
  const shown = stops[place] ?? run.step;
  const about =
    place === stops.length ? 'now' : shown < run.step && !keptSteps().includes(shown) ? 'no longer kept' : '';
  return (
    <label className="row layer-field" title="J K">
      Weights after
      <input
        type="range"
        data-testid="training-step"
        min={0}
        max={stops.length}
        value={place}
        aria-valuetext={`${shown} steps${about && `, ${about}`}`}
        onChange={(event) => lookAt(stops[Number(event.target.value)] ?? null)}
      />
      <span className="layer-name">
        {shown} <span className="faint">{about}</span>
      </span>
    </label>
  );
}
