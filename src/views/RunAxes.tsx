// What a chart of runs is drawn on: its scale, made once as long as it is the same, and its axes.

import { memo, useMemo } from 'react';
import { linearTicks, logTicks, tickNames } from './axis-ticks.ts';
import { short } from './numbers.ts';
import type { Line } from './run-lines.ts';

/** Edges around the lines, in pixels. */
export const edges = { left: 46, right: 8, top: 8, bottom: 20 } as const;
const { left, right, top, bottom } = edges;
/** A chart is as wide as its column, and this much of that high. */
const slimness = 0.41;

export interface Scale {
  /** of the whole drawing, in pixels */
  width: number;
  height: number;
  x: (place: number) => number;
  y: (value: number) => number;
  ticks: number[];
  log: boolean;
}

/** The same object as long as it is the same scale, so that lines that did not change are not drawn again. */
export function useScale(
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

export const Axes = memo(function Axes({
  scale,
  reach,
  along,
}: {
  scale: Scale;
  reach: number;
  along: 'step' | 'minutes';
}) {
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
