// A small chart of a few lines over steps, drawn as SVG, with reference lines and a cursor. It says in words what it shows.

import type { Interval } from '../core/measures.ts';
import { tickNames } from './axis-ticks.ts';
import { LineKey, strokeAt } from './LineKey.tsx';
import { short } from './numbers.ts';

export interface SmallLine {
  name: string;
  /** null: nothing measured there */
  values: readonly (number | null)[];
  /** between what a value may lie, where that is known */
  ranges?: readonly (Interval | null)[];
}

/** What values are compared with, drawn dotted. */
export interface Level {
  name: string;
  value: number;
  /** place of the line that it is of, in whose colour it is then drawn */
  of?: number;
}

interface Props {
  title: string;
  /** step of every value */
  steps: readonly number[];
  lines: readonly SmallLine[];
  levels?: readonly Level[];
  /** index that is looked at */
  cursor: number;
  /** bottom of the scale; without, the lowest value */
  from?: number;
  /** the value under the pointer, or null when it leaves */
  onLook: (index: number | null) => void;
}

const levelStroke = ({ of }: Level) => ({
  stroke: of === undefined ? 'var(--faint)' : strokeAt(of).stroke,
  strokeDasharray: '1 3',
});

const width = 220;
const height = 72;
const margin = 4;

export function SmallLines({ title, steps, lines, levels = [], cursor, from, onLook }: Props) {
  const all = [
    ...lines.flatMap(({ values, ranges = [] }) => [...values, ...ranges.flatMap((r) => (r ? [r.low, r.high] : []))]),
    ...levels.map(({ value }) => value),
  ].filter((v) => v !== null);
  const low = from ?? Math.min(...all);
  const flat = all.every((v) => v === low);
  const high = flat ? low + 1e-9 : Math.max(...all);
  const last = steps[steps.length - 1] || 1;
  const x = (step: number) => margin + ((width - 2 * margin) * step) / last;
  const y = (v: number) => height - margin - ((height - 2 * margin) * (v - low)) / (high - low);
  /** The value at the cursor; where it was measured less often, the one before, with its step. */
  const at = (values: readonly (number | null)[]): string => {
    const index = values.slice(0, cursor + 1).findLastIndex((v) => v !== null);
    const value = values[index] ?? null;
    if (value === null) return 'not measured';
    return index === cursor ? short(value) : `${short(value)} at step ${steps[index]}`;
  };
  const [bottom, top] = tickNames([low, high]);
  const axis = flat ? `all at ${short(low)}` : `axis ${bottom} to ${top}`;
  const said = lines.map(({ name, values }) => `${name} ${at(values)}`).join(', ');
  return (
    <figure className="small-lines">
      <figcaption>
        <b>{title}</b>
        <span className="faint"> {axis}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        data-caption={`${title}, ${axis}`}
        aria-label={`${title} at step ${steps[cursor]}, ${said}`}
        onPointerMove={(e) => {
          const box = e.currentTarget.getBoundingClientRect();
          const step = ((e.clientX - box.left) / box.width) * last;
          onLook(steps.reduce((near, s, i) => (Math.abs(s - step) < Math.abs(steps[near] - step) ? i : near), 0));
        }}
        onPointerLeave={() => onLook(null)}
      >
        <path className="small-lines-base" d={`M0 ${height}H${width}`} />
        <line className="small-lines-cursor" x1={x(steps[cursor])} x2={x(steps[cursor])} y1={0} y2={height} />
        {levels.map((level) => (
          <line key={level.name} {...levelStroke(level)} x1={0} x2={width} y1={y(level.value)} y2={y(level.value)} />
        ))}
        {lines.map(({ name, ranges = [] }, i) => (
          <path
            key={`${name} band`}
            fill={strokeAt(i).stroke}
            fillOpacity={0.16}
            stroke="none"
            d={bandOf(ranges, (k, v) => `${x(steps[k]).toFixed(1)} ${y(v).toFixed(1)}`)}
          />
        ))}
        {lines.map(({ name, values }, i) => (
          <path
            key={name}
            fill="none"
            {...strokeAt(i)}
            strokeWidth={1.5}
            d={pathOf(values, (k, v) => `${x(steps[k]).toFixed(1)} ${y(v).toFixed(1)}`)}
          />
        ))}
      </svg>
      <p className="small faint">
        {lines.map(({ name, values }, i) => (
          <span key={name} data-key>
            <LineKey {...strokeAt(i)} /> {name} <b>{at(values)}</b>
          </span>
        ))}
        {levels.map((level) => (
          <span key={level.name} data-key>
            <LineKey {...levelStroke(level)} /> {level.name} {short(level.value)}
          </span>
        ))}
      </p>
    </figure>
  );
}

/** The area between the ends of all ranges. */
function bandOf(ranges: readonly (Interval | null)[], place: (index: number, value: number) => string): string {
  const known = ranges.flatMap((range, i) => (range ? [{ i, ...range }] : []));
  if (known.length < 2) return '';
  const over = known.map(({ i, high }) => place(i, high));
  const under = known.map(({ i, low }) => place(i, low)).reverse();
  return `M${[...over, ...under].join('L')}Z`;
}

/** Joins what was measured; a single point becomes a short stroke. */
function pathOf(values: readonly (number | null)[], place: (index: number, value: number) => string): string {
  const points = values.flatMap((v, i) => (v === null ? [] : [place(i, v)]));
  return points.length === 1 ? `M${points[0]}h2` : points.length ? `M${points.join('L')}` : '';
}
