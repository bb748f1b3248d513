// How the curves are looked at: along which axis, on which scale, how smooth, and where the crosshair stands.

import { X } from 'lucide-react';
import { chooseAlong, showRuns, smoothings, useRuns } from '../store/runs.ts';
import type { ShownRun } from './run-lines.ts';
import { short } from './numbers.ts';

const alongs = [
  { value: 'step', label: 'Steps' },
  { value: 'minutes', label: 'Minutes' },
] as const;

export function RunsBar({ reach, shown }: { reach: number; shown: readonly ShownRun[] }) {
  const along = useRuns((s) => s.along);
  const log = useRuns((s) => s.log);
  const smoothing = useRuns((s) => s.smoothing);
  return (
    <div className="row wrap runs-bar">
      <div className="segmented" role="group" aria-label="Along">
        {alongs.map(({ value, label }) => (
          <button key={value} type="button" aria-pressed={along === value} onClick={() => chooseAlong(value)}>
            {label}
          </button>
        ))}
      </div>
      <label className="row">
        <input
          type="checkbox"
          checked={log}
          data-testid="log-axis"
          onChange={(event) => showRuns({ log: event.target.checked })}
        />{' '}
        Log axis
      </label>
      <label className="row">
        Smoothing
        <select value={smoothing} onChange={(event) => showRuns({ smoothing: Number(event.target.value) })}>
          {smoothings.map((weight) => (
            <option key={weight} value={weight}>
              {weight || 'off'}
            </option>
          ))}
        </select>
      </label>
      {shown.length > 0 && <Place reach={reach} along={along} />}
    </div>
  );
}

function Place({ reach, along }: { reach: number; along: 'step' | 'minutes' }) {
  const cursor = useRuns((s) => s.cursor);
  return (
    <span className="row runs-place">
      <label className="row">
        <span>Crosshair</span>
        <input
          type="range"
          min={0}
          max={reach}
          step={along === 'step' ? 1 : reach / 1000}
          value={cursor ?? reach}
          data-testid="crosshair"
          onChange={(event) => showRuns({ cursor: event.target.valueAsNumber })}
        />
      </label>
      <span className="faint small" data-testid="crosshair-place">
        {cursor === null ? 'at the end' : along === 'step' ? `step ${cursor}` : `${short(cursor)} min`}
      </span>
      {cursor !== null && (
        <button
          type="button"
          className="icon"
          aria-label="Let go of the crosshair"
          onClick={() => showRuns({ cursor: null })}
        >
          <X size={16} aria-hidden="true" />
        </button>
      )}
    </span>
  );
}
