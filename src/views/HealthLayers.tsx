// One check in detail: how the singular values fall off, how far every channel spreads, and what every layer's last step was.

import type { FeatureHealth, HealthRow } from '../core/health-row.ts';
import { Fact } from './fields.tsx';
import { LineKey, strokeAt } from './LineKey.tsx';
import { rounded } from './numbers.ts';

const width = 220;
const height = 72;
/** Shares below this are at the bottom of the logarithmic scale. */
const least = 1e-5;

const written = (v: number | null): string => (v === null ? '' : rounded(v, 2));

interface FallingLine {
  name: string;
  values: readonly number[];
}

/** Values from the largest to the smallest, of several networks. `y`: share of the height, from the top. */
function Falling(props: {
  title: string;
  scale: string;
  label: string;
  lines: readonly FallingLine[];
  y: (v: number) => number;
}) {
  const { title, scale, label, lines, y } = props;
  const x = (i: number, n: number) => (i / Math.max(1, n - 1)) * width;
  return (
    <>
      <figcaption>
        <b>{title}</b> <span className="faint">{scale}</span>
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label} data-caption={`${title}, ${scale}`}>
        <path className="small-lines-base" d={`M0 ${height}H${width}`} />
        {lines.map(({ name, values }, i) => (
          <path
            key={name}
            fill="none"
            {...strokeAt(i)}
            strokeWidth={1.5}
            d={values
              .map(
                (v, k) => `${k ? 'L' : 'M'}${x(k, values.length).toFixed(1)} ${(y(v) * (height - 4) + 2).toFixed(1)}`,
              )
              .join('')}
          />
        ))}
      </svg>
    </>
  );
}

export function HealthLayers({ row, first }: { row: HealthRow; first: HealthRow }) {
  const lines = (of: (f: FeatureHealth) => readonly number[]): FallingLine[] => [
    { name: 'encoder', values: of(row.encoder) },
    { name: 'target', values: of(row.target) },
    { name: 'random weights', values: of(first.target) },
  ];
  const spreads = lines(({ spreads: all = [] }) => all);
  const widest = Math.max(...spreads.flatMap(({ values }) => values), 1e-9);
  const ends = (values: readonly number[]) => `${rounded(values[0] ?? 0, 2)} to ${rounded(values.at(-1) ?? 0, 2)}`;
  const dead = Math.round(row.target.dead * 100);
  return (
    <details className="health-detail">
      <summary>Spectrum, channels and layers at step {row.step}</summary>
      <div className="health-columns">
        <figure className="small-lines">
          <Falling
            title="Singular values of tokens"
            scale={`share, logarithmic, 1 to ${least}`}
            label={`Singular values at step ${row.step}, the largest holds ${((row.target.spectrum[0] ?? 0) * 100).toFixed(0)} % of the target’s sum`}
            lines={lines((f) => f.spectrum)}
            y={(v) => Math.log(Math.max(v, least)) / Math.log(least)}
          />
          {spreads.every(({ values }) => values.length > 0) && (
            <Falling
              title="Deviation of every channel"
              scale={`largest first, 0 to ${rounded(widest, 2)}`}
              label={`Deviation of every channel over tokens at step ${row.step}: of the encoder ${ends(spreads[0].values)}, of the target ${ends(spreads[1].values)}, of random weights ${ends(spreads[2].values)}`}
              lines={spreads}
              y={(v) => 1 - v / widest}
            />
          )}
          <p className="small faint">
            {spreads.map(({ name }, i) => (
              <span key={name} data-key>
                <LineKey {...strokeAt(i)} /> {name}
              </span>
            ))}
          </p>
          <dl className="facts">
            <Fact name="Half of the teacher is new after" value={half(row)} />
            <Fact name="Channels that stand still" value={`${dead} %`} />
            {row.clipped !== null && <Fact name="Gradients clipped" value={`${(row.clipped * 100).toFixed(0)} %`} />}
          </dl>
        </figure>
        <table className="small">
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col">Gradient</th>
              <th scope="col">Update / weights</th>
              <th scope="col">Teacher’s lag</th>
            </tr>
          </thead>
          <tbody>
            {row.layers.map((layer, i) => (
              <tr key={i}>
                <th scope="row">{layer.name}</th>
                <td>{written(layer.gradient)}</td>
                <td>{written(layer.update)}</td>
                <td>{written(layer.lag)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

const half = (row: HealthRow): string =>
  row.halfLife === null
    ? row.step === 0
      ? 'no step taken yet'
      : 'never, it stands still'
    : `${row.halfLife < 10 ? row.halfLife.toFixed(1) : row.halfLife.toFixed(0)} steps`;
