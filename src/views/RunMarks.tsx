// What happened to a run on the way, on the horizontal axis of its chart: where it branched off, where it was changed.

import { saidChange } from '../core/run-difference.ts';
import { placeOfStep, type ShownRun, strokeOf } from './run-lines.ts';

interface Props {
  run: ShownRun;
  along: 'step' | 'minutes';
  /** place on the axis → coordinate */
  x: (place: number) => number;
  top: number;
  bottom: number;
}

/** Height of the mark of a change: short, as there may be many. */
const tick = 10;

/** What is before the branch is its parent's. */
export function RunMarks({ run, along, x, top, bottom }: Props) {
  const { parent, changes } = run.outline;
  const { stroke } = strokeOf(run.style);
  const at = (step: number) => {
    const place = placeOfStep(run, step, along);
    return place === null ? null : { x1: x(place), x2: x(place), y2: bottom, stroke };
  };
  const branched = parent && at(parent.step);
  return (
    <>
      {branched && (
        <line data-branched={run.runId} {...branched} y1={top} strokeDasharray="1 3">
          <title>{`${run.name} branched off after step ${parent.step}`}</title>
        </line>
      )}
      {changes.map((change) => {
        const place = at(change.step);
        return (
          place && (
            <line key={change.step} data-changed={run.runId} {...place} y1={bottom - tick} strokeWidth={2}>
              <title>{`${run.name}: ${saidChange(change)} after step ${change.step}`}</title>
            </line>
          )
        );
      })}
    </>
  );
}
