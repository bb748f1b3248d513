// Every number with its spread and how often it was computed: source and probe down, shares of the labels across.

import { toHundredths } from '../core/hundredths.ts';
import type { EvaluationReport, EvaluationRow } from '../protocol/evaluation.ts';
import { bestOf, guessOf, probeNames, sourceNames } from '../store/evaluation-verdict.ts';
import './tables.css';

/** Rows in the order of their probes and sources, one line for all their shares. */
interface Line {
  probe: EvaluationRow['probe'];
  source: EvaluationRow['source'];
  cells: Map<number, EvaluationRow>;
}

function linesOf(rows: readonly EvaluationRow[]): Line[] {
  const lines = new Map<string, Line>();
  for (const row of rows) {
    const key = `${row.probe} ${row.source}`;
    const line = lines.get(key) ?? { probe: row.probe, source: row.source, cells: new Map<number, EvaluationRow>() };
    line.cells.set(row.share, row);
    lines.set(key, line);
  }
  const probes = Object.keys(probeNames);
  const sources = Object.keys(sourceNames);
  return [...lines.values()].sort(
    (a, b) =>
      probes.indexOf(a.probe) - probes.indexOf(b.probe) || sources.indexOf(a.source) - sources.indexOf(b.source),
  );
}

export const sharesOf = (rows: readonly EvaluationRow[]): number[] =>
  [...new Set(rows.map((r) => r.share))].sort((a, b) => a - b);

export const percentOf = (share: number): string => `${Number((share * 100).toFixed(1))} %`;

interface Props {
  rows: readonly EvaluationRow[];
  report: EvaluationReport | null;
  /** nothing more comes */
  over: boolean;
}

export function EvaluateTable({ rows, report, over }: Props) {
  const shares = sharesOf(rows);
  // of unfinished rows none is the best
  const best = shares.map((s) =>
    report
      ? bestOf(
          rows.filter((r) => r.share === s),
          report,
        )
      : null,
  );
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="All numbers">
      <table className="figures" data-testid="evaluation-table">
        <caption>
          {report?.metric === 'map' ? 'Mean average precision' : 'Share of right answers'} on the test clips, mean ±
          standard deviation over n trials, by the share of labels that was learned from
        </caption>
        <thead>
          <tr>
            <th scope="col">Probe</th>
            <th scope="col">Features of</th>
            {shares.map((share) => (
              <th key={share} scope="col">
                {percentOf(share)}
                <LabelCount rows={rows} share={share} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {linesOf(rows).map(({ probe, source, cells }) => (
            <tr key={`${probe} ${source}`} data-row={`${source} ${probe}`}>
              <th scope="row">{probeNames[probe]}</th>
              <th scope="row">{sourceNames[source]}</th>
              {shares.map((share, i) => (
                <Cell key={share} row={cells.get(share)} best={best[i]} over={over} asked={report === null} />
              ))}
            </tr>
          ))}
          {report && (
            <tr data-row="chance">
              <th scope="row" colSpan={2}>
                Chance, {guessOf(report.request.task)}
              </th>
              {shares.map((share) => (
                <td key={share}>{toHundredths(report.chance)}</td>
              ))}
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}

function LabelCount({ rows, share }: { rows: readonly EvaluationRow[]; share: number }) {
  const labels = rows.find((r) => r.share === share)?.labels;
  return labels === undefined ? null : <span className="labels">{labels} labels</span>;
}

interface CellProps {
  row: EvaluationRow | undefined;
  best: ReturnType<typeof bestOf>;
  /** nothing more comes */
  over: boolean;
  /** whether it may have been asked for: the evaluation did not come to its end */
  asked: boolean;
}

function Cell({ row, best, over, asked }: CellProps) {
  if (!row && over && !asked)
    return (
      <td className="faint" title="Controls answer with all labels only">
        not asked
      </td>
    );
  if (!row) return <td className="faint">{over ? '–' : 'not yet'}</td>;
  const n = row.trials.length;
  return (
    <td>
      {row === best?.row && <span className="best">{best.clear ? 'best' : 'highest'}</span>}
      {toHundredths(row.mean)} {n > 1 && <span className="faint">± {toHundredths(row.deviation)}</span>}{' '}
      <span className="faint">n {n}</span>
    </td>
  );
}
