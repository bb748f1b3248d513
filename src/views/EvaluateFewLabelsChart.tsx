// Lines with bands over the share of the labels. recharts comes with this file only.

import { Area, CartesianGrid, ComposedChart, Line, ReferenceLine, ResponsiveContainer, XAxis, YAxis } from 'recharts';
import { toHundredths } from '../core/hundredths.ts';
import type { EvaluationRow } from '../protocol/evaluation.ts';
import { probeNames, sourceNames } from '../store/evaluation-verdict.ts';
import { seriesOf } from './EvaluateDots.tsx';
import { LineKey } from './LineKey.tsx';
import { percentOf, sharesOf } from './EvaluateTable.tsx';

interface Props {
  /** of one probe */
  rows: readonly EvaluationRow[];
  chance: number | null;
}

export default function FewLabelsChart({ rows, chance }: Props) {
  const probe = rows[0]?.probe;
  const sources = [...new Set(rows.map((r) => r.source))];
  const points = sharesOf(rows).map((share) =>
    Object.fromEntries([
      ['share', percentOf(share)],
      ...rows
        .filter((r) => r.share === share)
        .flatMap((r) => [
          [r.source, r.mean],
          [`${r.source} band`, [Math.max(0, r.mean - r.deviation), Math.min(1, r.mean + r.deviation)]],
        ]),
    ]),
  );
  const told = sources.map(
    (source) =>
      `${sourceNames[source]} ${rows
        .filter((r) => r.source === source)
        .sort((a, b) => a.share - b.share)
        .map((r) => `${toHundredths(r.mean)} at ${percentOf(r.share)}`)
        .join(', ')}`,
  );
  const tick = { fontSize: 11, fill: 'var(--faint)' };
  return (
    <>
      <div
        className="chart few-labels"
        role="img"
        data-recharts="evaluation-few-labels"
        aria-label={`Few labels. ${told.join('; ')}`}
      >
        <ResponsiveContainer width="100%" height="100%">
          <ComposedChart data={points} margin={{ top: 8, right: 16, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid stroke="var(--line)" vertical={false} />
            <XAxis dataKey="share" tick={tick} stroke="var(--line)" tickLine={false} height={20} scale="point" />
            <YAxis domain={[0, 1]} tick={tick} stroke="var(--line)" tickLine={false} width={36} tickCount={5} />
            {chance !== null && <ReferenceLine y={chance} stroke="var(--text)" strokeDasharray="1 4" />}
            {sources.map((source) => (
              <Area
                key={`${source} band`}
                dataKey={`${source} band`}
                fill={seriesOf(source).colour}
                fillOpacity={0.14}
                stroke="none"
                isAnimationActive={false}
              />
            ))}
            {sources.map((source) => (
              <Line
                key={source}
                dataKey={source}
                stroke={seriesOf(source).colour}
                strokeDasharray={seriesOf(source).dash}
                strokeWidth={1.75}
                dot={{ r: 2.5, strokeDasharray: '' }}
                isAnimationActive={false}
              />
            ))}
          </ComposedChart>
        </ResponsiveContainer>
      </div>
      <p className="legend small" data-legend="few-labels" data-probe={probe && probeNames[probe]}>
        {sources.map((source) => (
          <Key key={source} name={sourceNames[source]} colour={seriesOf(source).colour} dash={seriesOf(source).dash} />
        ))}
        {chance !== null && <Key name={`chance ${toHundredths(chance)}`} colour="var(--text)" dash="1 4" />}
      </p>
    </>
  );
}

const Key = ({ name, colour, dash }: { name: string; colour: string; dash: string }) => (
  <span>
    <LineKey stroke={colour} strokeDasharray={dash} />
    {name}
  </span>
);
