// Small charts of the mask lab, drawn as SVG: pairs of bars and distributions. Context is a filled blue, targets a hatched
// orange. Each says in words what it shows.

import { type ReactNode, useId } from 'react';
import './small-charts.css';

const width = 260;
const height = 84;

/** The hatching of targets; ids are the document's, so every chart has its own. */
function Hatching({ id }: { id: string }) {
  return (
    <pattern id={id} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect width="5" height="5" className="fill-target" />
      <rect width="1.5" height="5" className="fill-hatch" />
    </pattern>
  );
}

interface FrameProps {
  /** of its hatching */
  id: string;
  label: string;
  picture: string | undefined;
  caption: string | undefined;
  children: ReactNode;
}

const Frame = ({ id, label, picture, caption, children }: FrameProps) => (
  <svg
    className="small-chart"
    viewBox={`0 0 ${width} ${height}`}
    role="img"
    aria-label={label}
    data-picture={picture}
    data-caption={caption}
  >
    <defs>
      <Hatching id={id} />
    </defs>
    {children}
  </svg>
);

interface PairBarsProps {
  context: ArrayLike<number>;
  target: ArrayLike<number>;
  /** value of a full bar */
  most: number;
  /** text alternative */
  label: string;
  /** the group that is pointed out */
  current?: number;
  /** name under which charts are exported together, and what is written above this one */
  picture?: string;
  caption?: string;
}

/** Two bars per tubelet. */
export function PairBars({ context, target, most, label, current, picture, caption }: PairBarsProps) {
  const id = useId();
  const groups = context.length;
  const step = width / groups;
  const bar = Math.min(14, step * 0.4);
  const room = height - 24;
  const y = (value: number) => 12 + room * (1 - Math.min(1, value / (most || 1)));
  const numbers = step >= 26;
  return (
    <Frame id={id} label={label} picture={picture} caption={caption}>
      {Array.from({ length: groups }, (_, i) => {
        const middle = i * step + step / 2;
        return (
          <g key={i}>
            {i === current && (
              <rect className="fill-raised" data-passing x={i * step} y={0} width={step} height={height} />
            )}
            <rect
              className="fill-context"
              x={middle - bar}
              y={y(context[i])}
              width={bar - 0.5}
              height={12 + room - y(context[i])}
            />
            <rect
              fill={`url(#${id})`}
              x={middle + 0.5}
              y={y(target[i])}
              width={bar - 0.5}
              height={12 + room - y(target[i])}
            />
            {numbers && (
              <>
                <text className="chart-number" x={middle - bar / 2 - 1} y={y(context[i]) - 2} textAnchor="middle">
                  {context[i].toFixed(0)}
                </text>
                <text className="chart-number" x={middle + bar / 2 + 2} y={y(target[i]) - 2} textAnchor="middle">
                  {target[i].toFixed(0)}
                </text>
              </>
            )}
            {(groups <= 16 || i % 4 === 0) && (
              <text className="chart-axis" x={middle} y={height - 2} textAnchor="middle">
                {i + 1}
              </text>
            )}
          </g>
        );
      })}
      <line className="chart-line" x1={0} x2={width} y1={height - 12} y2={height - 12} />
    </Frame>
  );
}

/** Sums a histogram of whole numbers into `bins` equal bins. */
function binned(histogram: ArrayLike<number>, bins: number): number[] {
  const out = new Array<number>(bins).fill(0);
  for (let i = 0; i < histogram.length; i++)
    out[Math.min(bins - 1, Math.floor((i * bins) / histogram.length))] += histogram[i];
  return out;
}

interface DistributionProps {
  /** clips by count */
  context: ArrayLike<number>;
  target: ArrayLike<number>;
  /** the same before the cut, drawn as lines */
  before: { context: ArrayLike<number>; target: ArrayLike<number> } | null;
  label: string;
  picture: string;
  caption: string;
}

/** How many clips keep how many tokens: filled after the cut, lines before it. */
export function Distribution({ context, target, before, label, picture, caption }: DistributionProps) {
  const id = useId();
  const bins = Math.min(65, context.length);
  const after = [binned(context, bins), binned(target, bins)];
  const lines = before ? [binned(before.context, bins), binned(before.target, bins)] : [];
  const top = Math.max(...after.flat(), ...lines.flat(), 1);
  const clips = Array.from(context).reduce((sum, n) => sum + n, 0);
  const highest = `highest ${lines.length ? 'bar or line' : 'bar'} ${((100 * top) / (clips || 1)).toFixed(0)} % of clips`;
  const room = height - 16;
  const y = (n: number) => 4 + room * (1 - n / top);
  const x = (i: number) => (i * width) / bins;
  return (
    <>
      <Frame id={id} label={label} picture={picture} caption={`${caption}, ${highest}`}>
        {after.map((counts, which) =>
          counts.map((n, i) =>
            n ? (
              <rect
                key={`${which} ${i}`}
                x={x(i) + 0.25}
                y={y(n)}
                width={width / bins - 0.5}
                height={4 + room - y(n)}
                {...(which === 0 ? { className: 'fill-context' } : { fill: `url(#${id})` })}
              />
            ) : null,
          ),
        )}
        {lines.map((counts, which) => (
          <path
            key={which}
            className={which === 0 ? 'line-context' : 'line-target'}
            d={counts.map((n, i) => `${i ? 'L' : 'M'}${x(i)} ${y(n)}H${x(i + 1)}`).join('')}
          />
        ))}
        <line className="chart-line" x1={0} x2={width} y1={height - 12} y2={height - 12} />
        <text className="chart-axis" x={0} y={height - 2}>
          0
        </text>
        <text className="chart-axis" x={width} y={height - 2} textAnchor="end">
          {context.length - 1} tokens
        </text>
      </Frame>
      <p className="small faint">{highest}</p>
    </>
  );
}
