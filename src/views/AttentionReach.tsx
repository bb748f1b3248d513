// How far attention reaches, block by block and head by head, trained beside random weights and beside attention that is
// shared out evenly (mean attention distance: Dosovitskiy et al. 2021, figure 7; Raghu et al. 2021).

import { blockOf } from '../core/layers.ts';
import type { AttentionMap } from '../protocol/looking-features.ts';
import { mapOf, presentView, useFeatures } from '../store/look-features.ts';
import { useStudio } from '../store/studio.ts';
import { chartBox, chartNames, heightOf, SmallChart } from './SmallChart.tsx';

const charts = {
  space: { title: 'Attention distance in the frame, pixels', unit: 'pixels' },
  time: { title: 'Attention distance in time, frames of the clip', unit: 'frames' },
} as const;

export function AttentionReach() {
  useStudio((s) => s.selected);
  useStudio((s) => s.viewed);
  const features = useFeatures();
  const view = presentView();
  const of = (weights: 'current' | 'random') => {
    const map = view && mapOf(features, view, weights)?.value.map;
    return map?.kind === 'attention' ? map : null;
  };
  const [trained, random] = [of('current'), of('random')];
  if (!view || !trained) return null;
  return (
    <section className="look-bars look-reach" aria-label="How far attention reaches">
      <p className="row wrap small">
        <span data-legend="look-reach">
          <i className="key key-trained" aria-hidden="true" /> trained, every head a dot
        </span>
        {random && (
          <span data-legend="look-reach">
            <i className="key key-random" aria-hidden="true" /> random weights
          </span>
        )}
        <span data-legend="look-reach">
          <i className="key key-baseline" aria-hidden="true" /> attention shared out evenly
        </span>
        <span className="faint">mean over all tokens of the distance to what they attend to</span>
      </p>
      <div className="columns">
        {(['space', 'time'] as const).map((what) => (
          <Reach key={what} what={what} trained={trained} random={random} block={blockOf(view.layer, trained.depth)} />
        ))}
      </div>
    </section>
  );
}

interface ReachProps {
  what: 'space' | 'time';
  trained: AttentionMap;
  random: AttentionMap | null;
  /** that the panes show */
  block: number;
}

function Reach({ what, trained, random, block }: ReachProps) {
  const { title, unit } = charts[what];
  const { depth, heads } = trained;
  const even = trained.even[what];
  const top = 1.08 * Math.max(even, ...trained[what], ...(random?.[what] ?? []));
  const y = heightOf(0, top || 1);
  const step = (chartBox.right - chartBox.left) / depth;
  const x = (b: number) => chartBox.left + (b + 0.5) * step;
  const row = (map: AttentionMap, b: number) => [...map[what].subarray(b * heads, (b + 1) * heads)];
  const said = Array.from({ length: depth }, (_, b) => {
    const told = (map: AttentionMap) => row(map, b).map((v) => v.toFixed(1));
    return `block ${b + 1}: ${told(trained).join(', ')}${random ? `, random ${told(random).join(', ')}` : ''}`;
  });
  return (
    <SmallChart
      title={title}
      label={`${title}, evenly ${even.toFixed(1)}. ${said.join('; ')}`}
      picture="look-reach"
      testId={`reach-${what}`}
      y={y}
      ticks={[0, even]}
      digits={1}
    >
      <rect
        className="fill-window-soft"
        x={x(block - 1) - step / 2}
        width={step}
        y={chartBox.top}
        height={chartBox.bottom - chartBox.top}
      />
      <line className="line-baseline" x1={chartBox.left} x2={chartBox.right} y1={y(even)} y2={y(even)} />
      {Array.from({ length: depth }, (_, b) => (
        <g key={b}>
          {random &&
            row(random, b).map((v, h) => (
              <circle key={`r${h}`} className="dot-random" cx={x(b) + 5} cy={y(v)} r={3}>
                <title>{`block ${b + 1}, head ${h + 1}, random weights: ${v.toFixed(2)} ${unit}`}</title>
              </circle>
            ))}
          {row(trained, b).map((v, h) => (
            <circle key={`t${h}`} className="fill-trained" cx={x(b) - 5} cy={y(v)} r={3}>
              <title>{`block ${b + 1}, head ${h + 1}: ${v.toFixed(2)} ${unit}`}</title>
            </circle>
          ))}
          {(depth <= 12 || b % 2 === 0) && (
            <text className="chart-axis" x={x(b)} y={chartNames} textAnchor="middle">
              {b + 1}
            </text>
          )}
        </g>
      ))}
    </SmallChart>
  );
}
