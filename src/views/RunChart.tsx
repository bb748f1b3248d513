// One chart of many runs, drawn as SVG: a line per run in its colour and dash, the band of its extremes behind, and the
// crosshair that all charts share. What it shows can be chosen; what is behind it can be taken away.

import { memo, useMemo, useRef, useState } from 'react';
import { type ChartName, type Curve, nothingDrawn, quantitiesOf, valueAt, valueAtStart } from '../core/run-curves.ts';
import { numbered } from '../core/numbered.ts';
import { showRuns, useRuns } from '../store/runs.ts';
import { linearTicks, logTicks, tickNames } from './axis-ticks.ts';
import { short } from './numbers.ts';
import type { Stretch } from './downsample.ts';
import { RunMarks } from './RunMarks.tsx';
import { RunChartExport } from './RunChartExport.tsx';
import { isSmoothed, type Line, linesOf, type ShownRun, strokeOf } from './run-lines.ts';
import { useWidth } from './width.ts';

/** Edges around the lines, in pixels. */
const left = 46;
const right = 8;
const top = 8;
const bottom = 20;
/** A chart is as wide as its column, and this much of that high. */
const slimness = 0.41;
/** Runs whose values a chart spells out. */
const spelled = 5;
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

interface Scale {
  /** of the whole drawing, in pixels */
  width: number;
  height: number;
  x: (place: number) => number;
  y: (value: number) => number;
  ticks: number[];
  log: boolean;
}

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

/** The same object as long as it is the same scale, so that lines that did not change are not drawn again. */
function useScale(
  lines: readonly Line[],
  level: number | undefined,
  reach: number,
  wanted: boolean,
  width: number,
): Scale {
  let low = level ?? Infinity;
  let high = level ?? -Infinity;
  for (const { band } of lines)
    for (const s of band) {
      low = Math.min(low, s.low);
      high = Math.max(high, s.high);
    }
  return useMemo(() => {
    const log = wanted && low > 0;
    const of = log ? Math.log10 : (v: number) => v;
    const room = (of(high) - of(low)) * 0.04 || Math.abs(of(high)) * 0.1 || 1;
    const [from, to] = [of(low) - room, of(high) + room];
    const height = Math.round(width * slimness);
    return {
      width,
      height,
      x: (place) => left + ((width - left - right) * place) / reach,
      y: (value) => height - bottom - ((height - top - bottom) * (of(value) - from)) / (to - from),
      ticks: !Number.isFinite(to - from) ? [] : log ? logTicks(10 ** from, 10 ** to) : linearTicks(from, to),
      log,
    };
  }, [low, high, reach, wanted, width]);
}

const Axes = memo(function Axes({ scale, reach, along }: { scale: Scale; reach: number; along: 'step' | 'minutes' }) {
  const { width, height } = scale;
  const names = tickNames(scale.ticks);
  return (
    <g>
      {scale.ticks.map((v, i) => (
        <g key={v}>
          <line className="run-grid" x1={left} x2={width - right} y1={scale.y(v)} y2={scale.y(v)} />
          <text className="run-axis" x={left - 4} y={scale.y(v) + 3} textAnchor="end">
            {names[i]}
          </text>
        </g>
      ))}
      {linearTicks(0, reach).map((place) => (
        <text
          key={place}
          className="run-axis"
          x={scale.x(place)}
          y={height - 6}
          textAnchor={place === 0 ? 'start' : place > reach * 0.96 ? 'end' : 'middle'}
        >
          {place === 0 ? `0 ${along === 'step' ? 'steps' : 'min'}` : short(place)}
        </text>
      ))}
    </g>
  );
});

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

/** Where the value under the crosshair, or the last one, was measured. */
const lastPlace = ({ x }: Curve, cursor: number | null): number | undefined =>
  x.findLast((at) => cursor === null || at <= cursor);

/** Behind its last step a run has no value any more. */
const valueUnder = (curve: Curve, cursor: number): number | null =>
  cursor > (curve.x.at(-1) ?? 0) ? null : valueAt(curve, cursor);

/** Values at the crosshair, or the last ones; the run that stands out first. A check says which step it was made at. */
function Values({ lines, checks, notes }: { lines: readonly Line[]; checks: boolean; notes: readonly string[] }) {
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
