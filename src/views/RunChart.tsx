// One chart of many runs, drawn as SVG: a line per run in its colour and dash, the band of its extremes behind, and the
// crosshair that all charts share. What it shows can be chosen; what is behind it can be taken away.

import { memo, useMemo, useRef } from 'react';
import { type ChartName, nothingDrawn, quantitiesOf, valueAtStart } from '../core/run-curves.ts';
import { numbered } from '../core/numbered.ts';
import { showRuns, useRuns } from '../store/runs.ts';
import type { Stretch } from './downsample.ts';
import { Axes, edges, type Scale, useScale } from './RunAxes.tsx';
import { RunMarks } from './RunMarks.tsx';
import { RunChartExport } from './RunChartExport.tsx';
import { isSmoothed, type Line, linesOf, type ShownRun, strokeOf } from './run-lines.ts';
import { Values, valueUnder } from './RunValues.tsx';
import { useWidth } from './width.ts';

const { left, right, top, bottom } = edges;

/** Runs whose random weights are drawn beside them; of more, only those of the one that is pointed at. */
const mostRandom = 3;

const titles: Record<ChartName, string> = {
  loss: 'Loss',
  sets: 'Loss per mask set',
  gradients: 'Gradient norms',
  schedule: 'Learning rate and EMA',
  health: 'Health',
  probe: 'Probe',
};

interface Props {
  chart: ChartName;
  runs: readonly ShownRun[];
  /** end of the horizontal axis, the same for all charts */
  reach: number;
}

export function RunChart({ chart, runs, reach }: Props) {
  const along = useRuns((s) => s.along);
  const smoothing = useRuns((s) => s.smoothing);
  const wanted = useRuns((s) => s.log);
  const chosen = useRuns((s) => s.quantities[chart]);
  const pointed = useRuns((s) => s.pointed);
  const svg = useRef<SVGSVGElement>(null);
  const [box, width] = useWidth(360);
  const quantities = useMemo(
    () =>
      quantitiesOf(
        chart,
        runs.map((run) => run.outline),
      ),
    [chart, runs],
  );
  const quantity = quantities.find((q) => q.id === chosen) ?? quantities[0];
  const lines = quantity ? linesOf(runs, quantity, along, smoothing) : [];
  const some = lines.some(({ band }) => band.length > 0);
  const level = quantity?.level;
  const beside = quantity?.fromRandom
    ? lines.filter(({ run }) => lines.length <= mostRandom || run.runId === pointed)
    : [];
  const scale = useScale(lines, level?.value, reach, wanted, width);
  const { height } = scale;
  return (
    <figure ref={box} className="run-chart" data-chart={chart}>
      <figcaption>
        <b>{titles[chart]}</b>
        {quantities.length > 1 && (
          <select
            aria-label={`Shown in ${titles[chart]}`}
            value={quantity?.id}
            onChange={(event) =>
              showRuns({ quantities: { ...useRuns.getState().quantities, [chart]: event.target.value } })
            }
          >
            {quantities.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        )}
        {some && quantity && <RunChartExport chart={chart} quantity={quantity} lines={lines} svg={svg} />}
      </figcaption>
      {some && quantity ? (
        <>
          <svg
            ref={svg}
            viewBox={`0 0 ${width} ${height}`}
            role="img"
            aria-label={`${titles[chart]}, ${quantity.label}, of ${numbered(lines.length, 'run')}`}
            data-log={scale.log}
            onPointerMove={(event) => {
              const box = event.currentTarget.getBoundingClientRect();
              const share = (((event.clientX - box.left) / box.width) * width - left) / (width - left - right);
              const place = Math.min(Math.max(share, 0), 1) * reach;
              showRuns({ cursor: along === 'step' ? Math.round(place) : place });
            }}
          >
            <Axes scale={scale} reach={reach} along={along} />
            {level && (
              <>
                <line
                  className="run-level"
                  x1={left}
                  x2={width - right}
                  y1={scale.y(level.value)}
                  y2={scale.y(level.value)}
                />
                <text className="run-axis" x={width - right} y={scale.y(level.value) - 3} textAnchor="end">
                  {level.name}
                </text>
              </>
            )}
            {beside.map(({ run, curve }) => (
              <RandomLevel
                key={run.runId}
                value={valueAtStart(curve)}
                scale={scale}
                colour={strokeOf(run.style).stroke}
              />
            ))}
            {lines.map(({ run, band, line }) => (
              <g key={run.runId} className={pointed !== null && pointed !== run.runId ? 'run-behind' : undefined}>
                <RunMarks run={run} along={along} x={scale.x} top={top} bottom={height - bottom} />
                <Band band={band} scale={scale} colour={strokeOf(run.style).stroke} />
                <Stroke
                  line={line}
                  scale={scale}
                  runId={run.runId}
                  {...strokeOf(run.style)}
                  wide={pointed === run.runId}
                />
              </g>
            ))}
            <Crosshair lines={lines} scale={scale} />
          </svg>
          <Values
            lines={lines}
            checks={quantity.of.rows === 'health'}
            notes={[
              ...(smoothing && isSmoothed(quantity) ? [`smoothed by ${smoothing}`] : []),
              ...(beside.length ? ['dotted: its random weights'] : []),
              ...(wanted && !scale.log ? ['linear: it has values at or below zero'] : []),
            ]}
          />
        </>
      ) : (
        <p className="run-chart-empty faint small">
          {nothingDrawn(
            chart,
            runs.map((run) => run.outline),
          )}
        </p>
      )}
    </figure>
  );
}

/** What the weights that a run began with got, over its whole line. */
const RandomLevel = ({ value, scale, colour }: { value: number | null; scale: Scale; colour: string }) =>
  value === null ? null : (
    <line
      data-random
      x1={left}
      x2={scale.width - right}
      y1={scale.y(value)}
      y2={scale.y(value)}
      stroke={colour}
      strokeDasharray="1 3"
    />
  );

/** Only what changed is painted again. */
const Band = memo(function Band({ band, scale, colour }: { band: Stretch[]; scale: Scale; colour: string }) {
  const d = bandPath(band, scale);
  return d ? <path d={d} fill={colour} fillOpacity={0.16} stroke="none" /> : null;
});

interface StrokeProps {
  line: Stretch[];
  scale: Scale;
  runId: string;
  stroke: string;
  strokeDasharray: string;
  wide: boolean;
}

const Stroke = memo(function Stroke({ line, scale, runId, stroke, strokeDasharray, wide }: StrokeProps) {
  return (
    <path
      d={linePath(line, scale)}
      data-run={runId}
      fill="none"
      stroke={stroke}
      strokeDasharray={strokeDasharray}
      strokeWidth={wide ? 2.5 : 1.5}
      strokeLinejoin="round"
    />
  );
});

const place = (x: number, y: number): string => `${x.toFixed(1)} ${y.toFixed(1)}`;

/** A single point becomes a short stroke. */
function linePath(line: readonly Stretch[], { x, y }: Scale): string {
  const points = line.map((s) => place(x(s.x), y(s.mean)));
  return points.length === 1 ? `M${points[0]}h3` : points.length ? `M${points.join('L')}` : '';
}

function bandPath(band: readonly Stretch[], { x, y }: Scale): string {
  if (band.every((s) => s.low === s.high)) return '';
  const over = band.map((s) => place(x(s.x), y(s.high)));
  const under = band.map((s) => place(x(s.x), y(s.low))).reverse();
  return `M${over.join('L')}L${under.join('L')}Z`;
}

function Crosshair({ lines, scale }: { lines: readonly Line[]; scale: Scale }) {
  const cursor = useRuns((s) => s.cursor);
  if (cursor === null) return null;
  const x = scale.x(cursor);
  return (
    <g pointerEvents="none">
      <line className="run-cursor" x1={x} x2={x} y1={top} y2={scale.height - bottom} />
      {lines.map(({ run, curve }) => {
        const value = valueUnder(curve, cursor);
        return value === null ? null : (
          <circle key={run.runId} cx={x} cy={scale.y(value)} r={2.5} fill={strokeOf(run.style).stroke} stroke="none" />
        );
      })}
    </g>
  );
}
