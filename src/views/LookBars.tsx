// Error or skill by distance to the context, tubelet, motion and mask set, and over the run's training: trained beside random weights, the baseline as a
// line across.

import { useId } from 'react';
import { numbered } from '../core/numbered.ts';
import { maskName } from '../mask/maskings.ts';
import { type ErrorGroup, type Grouping, groupings } from '../protocol/looking.ts';
import { readingWords } from '../store/look-reading.ts';
import { useLook } from '../store/look.ts';
import { sceneConfig, useFields, useStudio } from '../store/studio.ts';
import { quantityOf, shownVolume } from './look-values.ts';
import { fixed } from './numbers.ts';
import { chartBox, chartNames, heightOf, SmallChart } from './SmallChart.tsx';
import { TrainingCurve } from './TrainingCurve.tsx';

const titles: Record<Grouping, string> = {
  distance: 'By steps to the nearest context token',
  tubelet: 'By tubelet',
  motion: 'By motion, grey levels per frame',
  set: 'By mask set',
};

export function LookBars() {
  const studio = useFields('run', 'viewed');
  const look = useLook();
  const trained = shownVolume(studio, look, 'current');
  const random = shownVolume(studio, look, 'random');
  if (!trained) return null;
  const shown = [trained, random].flatMap((found) => (found ? groupings.flatMap((by) => found.value.groups[by]) : []));
  const cut = shown.some((g) => quantityOf(g, look.quantity, look.baseline) < lowestSkill);
  // all panels have the same scale, so that a bar can be held against any other
  const all = shown
    .flatMap((g) => [quantityOf(g, look.quantity, look.baseline), ...(look.quantity === 'error' ? [g.mean] : [])])
    .filter(Number.isFinite);
  const range = {
    low: Math.max(lowestSkill, Math.min(0, ...all)),
    top: Math.max(0, ...all) || (look.quantity === 'error' ? 1 : 0),
  };
  return (
    <section className="look-bars" aria-label="What tokens have in common">
      <p className="row wrap small">
        <span data-legend="look-bars">{readingWords(look)}</span>
        <span data-legend="look-bars">
          <i className="key key-trained" aria-hidden="true" /> trained
        </span>
        {random && (
          <span data-legend="look-bars">
            <i className="key key-random" aria-hidden="true" /> random weights
          </span>
        )}
        {look.quantity === 'error' && (
          <span data-legend="look-bars">
            <i className="key key-baseline" aria-hidden="true" /> mean feature, trained targets
          </span>
        )}
        {look.quantity === 'skill' && cut && (
          <span data-legend="look-bars">▾ goes on below −1, where it is cut off</span>
        )}
        <span className="faint">
          {trained.value.draws} masks of each set, all mask sets together; every token was hidden by{' '}
          {fewest(trained.value.sets)} or more
        </span>
      </p>
      <div className="columns">
        {groupings.map((by) => (
          <Bars
            key={by}
            by={by}
            trained={trained.value.groups[by]}
            random={random?.value.groups[by] ?? null}
            range={range}
          />
        ))}
        <TrainingCurve />
      </div>
    </section>
  );
}

/** What is worse than this is cut off, which is marked, or nothing else could be read. */
const lowestSkill = -1;

const fewest = (sets: { count: Int32Array }[]): number =>
  Math.min(...Array.from(sets[0].count, (_, n) => sets.reduce((sum, s) => sum + s.count[n], 0)));

interface BarsProps {
  by: Grouping;
  trained: ErrorGroup[];
  random: ErrorGroup[] | null;
  range: { low: number; top: number };
}

function Bars({ by, trained, random, range: { low, top } }: BarsProps) {
  const id = useId();
  const { quantity, baseline } = useLook();
  const { masks } = useStudio(sceneConfig);
  const value = (g: ErrorGroup | undefined) => (g ? quantityOf(g, quantity, baseline) : NaN);
  const rows = trained.map((g) => ({ g, now: value(g), past: value(random?.find((r) => r.low === g.low)) }));
  const y = heightOf(low, top);
  const step = (chartBox.right - chartBox.left) / rows.length;
  const bar = Math.min(22, step * 0.38);
  const name = ({ low: a, high: b }: ErrorGroup): string => {
    if (by === 'set') return masks[a] ? maskName(masks[a]) : `${a + 1}`;
    if (by === 'tubelet') return `${a + 1}`;
    return a === b ? trim(a) : `${trim(a)}–${trim(b)}`;
  };
  // as many names as there is room for, five units a letter
  const every = Math.ceil((5 * Math.max(...rows.map((r) => name(r.g).length)) + 6) / step);
  const said = rows.map((r) => `${name(r.g)} ${fixed(r.now, 3)}, random ${fixed(r.past, 3)}`).join('; ');
  return (
    <SmallChart
      title={titles[by]}
      label={`${readingWords({ quantity, baseline })} ${titles[by].toLowerCase()}: ${said}`}
      picture="look-bars"
      testId={`look-by-${by}`}
      y={y}
      ticks={[0, top, ...(low < 0 ? [low] : [])]}
      digits={2}
    >
      <defs>
        <pattern id={id} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="5" height="5" className="fill-random" />
          <rect width="1.5" height="5" className="fill-page" />
        </pattern>
      </defs>
      {rows.map(({ g, now, past }, i) => {
        const middle = chartBox.left + i * step + step / 2;
        const from = (v: number) => Math.min(y(v), y(0));
        const tall = (v: number) => Math.abs(y(v) - y(0));
        return (
          <g key={g.low}>
            <title>{`${name(g)}: ${fixed(now, 3)}, random ${fixed(past, 3)}, ${numbered(g.targets, 'prediction')}`}</title>
            {Number.isFinite(now) && (
              <rect className="fill-trained" x={middle - bar} y={from(now)} width={bar - 0.5} height={tall(now)} />
            )}
            {Number.isFinite(past) && (
              <rect fill={`url(#${id})`} x={middle + 0.5} y={from(past)} width={bar - 0.5} height={tall(past)} />
            )}
            {[now, past].map(
              (v, side) =>
                v < low && (
                  <text
                    key={side}
                    className="chart-number"
                    x={middle + (side - 0.5) * bar}
                    y={y(low) + 5}
                    textAnchor="middle"
                  >
                    ▾
                  </text>
                ),
            )}
            {quantity === 'error' && (
              <line
                className="line-baseline"
                x1={middle - bar - 2}
                x2={middle + bar + 2}
                y1={y(g.mean)}
                y2={y(g.mean)}
              />
            )}
            {i % every === 0 && (
              <text className="chart-axis" x={middle} y={chartNames} textAnchor="middle">
                {name(g)}
              </text>
            )}
          </g>
        );
      })}
    </SmallChart>
  );
}

const trim = (v: number): string => (Number.isInteger(v) ? `${v}` : v.toFixed(v < 10 ? 1 : 0));
