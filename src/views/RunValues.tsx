// The values of a chart of runs in words, under its lines.

import { useState } from 'react';
import { type Curve, valueAt } from '../core/run-curves.ts';
import { useRuns } from '../store/runs.ts';
import { short } from './numbers.ts';
import { type Line, strokeOf } from './run-lines.ts';

/** Runs whose values a chart spells out. */
const spelled = 5;
/** Where the value under the crosshair, or the last one, was measured. */
const lastPlace = ({ x }: Curve, cursor: number | null): number | undefined =>
  x.findLast((at) => cursor === null || at <= cursor);

/** Behind its last step a run has no value any more. */
export const valueUnder = (curve: Curve, cursor: number): number | null =>
  cursor > (curve.x.at(-1) ?? 0) ? null : valueAt(curve, cursor);

/** Values at the crosshair, or the last ones; the run that stands out first. A check says which step it was made at. */
export function Values({
  lines,
  checks,
  notes,
}: {
  lines: readonly Line[];
  checks: boolean;
  notes: readonly string[];
}) {
  const along = useRuns((s) => s.along);
  const cursor = useRuns((s) => s.cursor);
  const pointed = useRuns((s) => s.pointed);
  const [all, setAll] = useState(false);
  const ordered = [...lines].sort((a, b) => Number(b.run.runId === pointed) - Number(a.run.runId === pointed));
  return (
    <p className="run-values small faint">
      {ordered.slice(0, all ? undefined : spelled).map(({ run, curve }) => {
        const value = cursor === null ? (curve.y.at(-1) ?? null) : valueUnder(curve, cursor);
        return (
          <span key={run.runId} title={run.name}>
            <Swatch {...strokeOf(run.style)} /> <span className="run-value-name">{run.name}</span>{' '}
            <b>{value === null ? 'none' : short(value)}</b>
            {checks &&
              value !== null &&
              ` at ${along === 'step' ? lastPlace(curve, cursor) : `${short(lastPlace(curve, cursor) ?? 0)} min`}`}
          </span>
        );
      })}
      {lines.length > spelled && (
        <button type="button" className="link" onClick={() => setAll(!all)}>
          {all ? 'fewer names' : `and ${lines.length - spelled} more`}
        </button>
      )}
      {notes.map((note) => (
        <span key={note}>{note}</span>
      ))}
    </p>
  );
}

/** A piece of a run's line. */
export const Swatch = ({ stroke, strokeDasharray }: { stroke: string; strokeDasharray: string }) => (
  <svg className="swatch" width="26" height="8" aria-hidden="true">
    <line x1="0" x2="26" y1="4" y2="4" strokeWidth="2" stroke={stroke} strokeDasharray={strokeDasharray} />
  </svg>
);
