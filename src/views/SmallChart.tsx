// The frame of a small chart: title, base line, numbers at the left. What is drawn in it comes from outside.

import type { ReactNode } from 'react';
import { fixed } from './numbers.ts';
import './small-charts.css';

/** The coordinates of a small chart, and where its lines and bars lie. */
export const chartBox = { width: 280, height: 128, left: 30, right: 272, top: 10, bottom: 110 } as const;
/** Where names under the base line stand. */
export const chartNames = chartBox.height - 5;

interface Props {
  title: string;
  /** text alternative: everything that it shows, in numbers */
  label: string;
  /** among what can be saved as a picture */
  picture: string;
  testId: string;
  data?: Record<`data-${string}`, string>;
  y: (value: number) => number;
  /** values that are written at the left */
  ticks: readonly number[];
  digits: number;
  children: ReactNode;
}

/** Values to heights: `low` lies at the bottom, `top` at the top, what is beyond them is cut off. */
export const heightOf = (low: number, top: number) => {
  const room = chartBox.bottom - chartBox.top;
  return (v: number): number => chartBox.top + room * (1 - (Math.min(Math.max(v, low), top) - low) / (top - low || 1));
};

/** Height of a number at the left. */
const tickHeight = 10;

/** The values whose numbers do not lie over each other; of two that would, the one named first. */
export const legible = (ticks: readonly number[], y: (value: number) => number): number[] =>
  ticks.filter((v, i) => ticks.slice(0, i).every((earlier) => Math.abs(y(earlier) - y(v)) >= tickHeight));

export const SmallChart = ({ title, label, picture, testId, data, y, ticks, digits, children }: Props) => (
  <figure>
    <figcaption className="small">{title}</figcaption>
    <svg
      className="small-chart"
      viewBox={`0 0 ${chartBox.width} ${chartBox.height}`}
      role="img"
      aria-label={label}
      data-picture={picture}
      data-testid={testId}
      data-caption={title}
      {...data}
    >
      {children}
      <line className="chart-line" x1={chartBox.left} x2={chartBox.right} y1={y(0)} y2={y(0)} />
      {legible(ticks, y).map((v) => (
        <text key={v} className="chart-axis" x={chartBox.left - 4} y={y(v) + 3} textAnchor="end">
          {v === 0 ? '0' : fixed(v, digits)}
        </text>
      ))}
    </svg>
  </figure>
);
