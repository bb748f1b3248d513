// Every trial as a dot, its mean and deviation as a bar, and the line of guessing. One row per probe and source.

import { toHundredths } from '../core/hundredths.ts';
import type { EvaluationReport, EvaluationRow } from '../protocol/evaluation.ts';
import { probeNames, sourceNames } from '../store/evaluation-verdict.ts';
import { series } from './colours.ts';
import { percentOf, sharesOf } from './EvaluateTable.tsx';
import { useWidth } from './width.ts';

/** Sources by their colour and dash; a kept run stands beside probes, training from scratch beside fine-tuning. */
const bySeries = [['trained'], ['random'], ['colour'], ['shuffled'], ['still'], ['scratch', 'beside']];

/** Colour and dash of a source, the same in all charts. */
export const seriesOf = (source: EvaluationRow['source']): (typeof series)[number] =>
  series[bySeries.findIndex((names) => names.includes(source))];

const rowHeight = 20;
const headHeight = 22;
const axisHeight = 26;

interface Props {
  rows: readonly EvaluationRow[];
  chance: number | null;
  metric: EvaluationReport['metric'] | null;
}

export function EvaluateDots({ rows, chance, metric }: Props) {
  const [box, width] = useWidth(600);
  const share = sharesOf(rows).at(-1) ?? 1;
  const shown = rows.filter((r) => r.share === share);
  const probes = Object.keys(probeNames).filter((p) => shown.some((r) => r.probe === p));
  const sources = Object.keys(sourceNames);
  const names = Math.min(140, width * 0.34);
  const x = (value: number) => names + 8 + value * (width - names - 20);
  let y = 4;
  const groups = probes.map((probe) => {
    const top = y;
    const members = shown
      .filter((r) => r.probe === probe)
      .sort((a, b) => sources.indexOf(a.source) - sources.indexOf(b.source));
    y += headHeight + members.length * rowHeight;
    return { probe, top, members };
  });
  const height = y + axisHeight;
  const told = shown.map(
    (r) =>
      `${probeNames[r.probe]}, ${sourceNames[r.source]} ${toHundredths(r.mean)}${r.trials.length > 1 ? ` plus or minus ${toHundredths(r.deviation)}` : ''}`,
  );
  return (
    <figure className="figure">
      <figcaption>
        Every trial as a dot, {percentOf(share)} of the labels <span className="faint">bars are mean ± deviation</span>
      </figcaption>
      <div ref={box}>
        <svg
          className="dots"
          viewBox={`0 0 ${width} ${height}`}
          width="100%"
          height={height}
          role="img"
          data-picture="evaluation-dots"
          aria-label={`${metric === 'map' ? 'Mean average precision' : 'Right answers'} of every trial${chance === null ? '' : `, chance ${toHundredths(chance)}`}. ${told.join('; ')}`}
        >
          {[0, 0.25, 0.5, 0.75, 1].map((tick) => (
            <g key={tick}>
              <line className="chart-line" x1={x(tick)} x2={x(tick)} y1={4} y2={y} />
              <text className="chart-axis" x={x(tick)} y={y + 14} textAnchor="middle">
                {tick}
              </text>
            </g>
          ))}
          {chance !== null && (
            <>
              <line className="chance-line" x1={x(chance)} x2={x(chance)} y1={4} y2={y} />
              <text className="chart-axis chance-name" x={x(chance)} y={y + 24} textAnchor="middle">
                chance
              </text>
            </>
          )}
          {groups.map(({ probe, top, members }) => (
            <g key={probe}>
              <text className="chart-head" x={0} y={top + 15}>
                {probeNames[members[0].probe]}
              </text>
              {members.map((row, i) => (
                <Row key={row.source} row={row} x={x} y={top + headHeight + (i + 0.5) * rowHeight} />
              ))}
            </g>
          ))}
        </svg>
      </div>
    </figure>
  );
}

function Row({ row, x, y }: { row: EvaluationRow; x: (value: number) => number; y: number }) {
  const { colour } = seriesOf(row.source);
  const within = (value: number) => Math.min(1, Math.max(0, value));
  const low = x(within(row.mean - row.deviation));
  const high = x(within(row.mean + row.deviation));
  return (
    <g>
      <text className="chart-label" x={0} y={y + 4}>
        {sourceNames[row.source]}
      </text>
      {row.trials.length > 1 && (
        <path className="error-bar" d={`M${low} ${y}H${high}M${low} ${y - 4}v8M${high} ${y - 4}v8`} stroke={colour} />
      )}
      {row.trials.map((trial, i) => (
        <circle
          key={`${trial.seed} ${trial.draw} ${i}`}
          className="trial"
          cx={x(trial.test)}
          cy={y}
          r={3.5}
          stroke={colour}
        />
      ))}
      <path className="mean-mark" d={`M${x(row.mean)} ${y - 7}v14`} stroke={colour} />
    </g>
  );
}
