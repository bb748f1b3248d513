// What was confused with what: truth down, answer across. Every cell is a button that lists its clips; arrow keys move.

import { toHundredths } from '../core/hundredths.ts';
import { numbered } from '../core/numbered.ts';
import { type KeyboardEvent, useRef, useState } from 'react';
import type { Confusion, EvaluatedClip, EvaluationReport } from '../protocol/evaluation.ts';
import { patchEvaluation, useEvaluation } from '../store/evaluate.ts';
import { probeNames } from '../store/evaluation-verdict.ts';
import { EvaluateClip } from './EvaluateClip.tsx';

export const clipName = (clip: EvaluatedClip): string =>
  clip.kind === 'library' ? clip.name : `drawn clip ${clip.index}`;

/** A cell is as dark as its share of the row, in steps that a style names. */
export const shadeOf = (count: number, rowTotal: number): number =>
  rowTotal ? Math.round((count / rowTotal) * 10) : 0;

export function EvaluateConfusion({ report, confusion }: { report: EvaluationReport; confusion: Confusion }) {
  const { classes } = report;
  const right = classes.reduce((n, _, i) => n + confusion.counts[i * classes.length + i], 0);
  return (
    <figure className="figure" data-testid="confusion">
      <figcaption>
        What was confused{' '}
        <span className="faint">
          {probeNames[confusion.probe]}, one trial, {right} of {confusion.clips.length} right
        </span>
      </figcaption>
      <Matrix classes={classes} counts={confusion.counts} />
      <CellClips classes={classes} confusion={confusion} />
      <Opened report={report} confusion={confusion} />
    </figure>
  );
}

const steps: Record<string, [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

function Matrix({ classes, counts }: { classes: string[]; counts: number[] }) {
  const n = classes.length;
  const cell = useEvaluation((s) => s.cell);
  const [at, setAt] = useState({ row: 0, column: 0 });
  const table = useRef<HTMLTableElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = steps[event.key];
    const jump = event.key === 'Home' ? 0 : event.key === 'End' ? n - 1 : null;
    if (!step && jump === null) return;
    event.preventDefault();
    const within = (v: number) => Math.min(n - 1, Math.max(0, v));
    const next = step
      ? { row: within(at.row + step[0]), column: within(at.column + step[1]) }
      : { row: at.row, column: jump ?? 0 };
    setAt(next);
    table.current?.querySelector<HTMLElement>(`[data-cell="${next.row} ${next.column}"]`)?.focus();
  };
  const totals = classes.map((_, r) => counts.slice(r * n, (r + 1) * n).reduce((a, b) => a + b, 0));
  return (
    <div className="table-scroll">
      <table ref={table} className="confusion" onKeyDown={onKeyDown}>
        <caption className="small faint">Rows are the truth, columns the answer; numbers are clips</caption>
        <thead>
          <tr>
            <td />
            {classes.map((name) => (
              <th key={name} scope="col" title={name}>
                <span className="class-name">{name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {classes.map((truth, row) => (
            <tr key={truth}>
              <th scope="row" title={truth}>
                <span className="class-name">{truth}</span>
              </th>
              {classes.map((answer, column) => {
                const count = counts[row * n + column];
                return (
                  <td key={answer}>
                    <button
                      type="button"
                      data-cell={`${row} ${column}`}
                      data-shade={shadeOf(count, totals[row])}
                      className={row === column ? 'cell cell-right' : 'cell'}
                      tabIndex={at.row === row && at.column === column ? 0 : -1}
                      aria-pressed={cell?.truth === row && cell.answer === column}
                      aria-label={`${truth} taken for ${answer}, ${count} of ${totals[row]} clips`}
                      onFocus={() => setAt({ row, column })}
                      onClick={() => patchEvaluation({ cell: { truth: row, answer: column }, opened: null })}
                    >
                      {count}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CellClips({ classes, confusion }: { classes: string[]; confusion: Confusion }) {
  const cell = useEvaluation((s) => s.cell);
  const opened = useEvaluation((s) => s.opened);
  if (!cell) return <p className="small faint">Press a cell to see its clips.</p>;
  const clips = confusion.clips
    .map((clip, place) => ({ ...clip, place }))
    .filter((c) => c.truth === cell.truth && c.answer === cell.answer)
    // what it was surest of comes first
    .sort((a, b) => b.confidence - a.confidence);
  return (
    <div className="cell-clips" role="region" aria-label="Clips of the cell" data-testid="cell-clips">
      <p className="small">
        {classes[cell.truth]} taken for {classes[cell.answer]}, {numbered(clips.length, 'clip')}
        {clips.length > 0 && <span className="faint">, surest first</span>}
      </p>
      <div className="row wrap">
        {clips.map(({ clip, confidence, place }) => (
          <button
            key={place}
            type="button"
            title={clipName(clip)}
            aria-pressed={opened === place}
            onClick={() => patchEvaluation({ opened: opened === place ? null : place })}
          >
            {clipName(clip)} <span className="faint">{toHundredths(confidence)}</span>
          </button>
        ))}
      </div>
    </div>
  );
}

function Opened({ report, confusion }: { report: EvaluationReport; confusion: Confusion }) {
  const opened = useEvaluation((s) => s.opened);
  const clip = opened === null ? undefined : confusion.clips[opened];
  return clip ? <EvaluateClip key={opened} report={report} clip={clip} /> : null;
}
