// One check in detail: how the singular values fall off, and what every layer's last step was.

import type { HealthRow } from '../core/health-row.ts';
import { Fact } from './fields.tsx';
import { series } from './colours.ts';
import { rounded } from './numbers.ts';

const width = 220;
const height = 72;
/** Shares below this are at the bottom of the logarithmic scale. */
const least = 1e-5;

const written = (v: number | null): string => (v === null ? '' : rounded(v, 2));

export function HealthLayers({ row, first }: { row: HealthRow; first: HealthRow }) {
  const lines = [
    { name: 'encoder', values: row.encoder.spectrum },
    { name: 'target', values: row.target.spectrum },
    { name: 'random weights', values: first.target.spectrum },
  ];
  const most = Math.max(2, ...lines.map(({ values }) => values.length));
  const x = (i: number) => (i / (most - 1)) * width;
  const y = (v: number) => (Math.log(Math.max(v, least)) / Math.log(least)) * (height - 4) + 2;
  const dead = Math.round(row.target.dead * 100);
  return (
    <details className="health-detail">
      <summary>Spectrum and layers at step {row.step}</summary>
      <div className="health-columns">
        <figure className="small-lines">
          <figcaption>
            <b>Singular values of tokens</b> <span className="faint">share, logarithmic, 1 to {least}</span>
          </figcaption>
          <svg
            viewBox={`0 0 ${width} ${height}`}
            role="img"
            aria-label={`Singular values at step ${row.step}, the largest holds ${((row.target.spectrum[0] ?? 0) * 100).toFixed(0)} % of the target’s sum`}
          >
            {lines.map(({ name, values }, i) => (
              <path
                key={name}
                fill="none"
                stroke={series[i].colour}
                strokeDasharray={series[i].dash}
                strokeWidth={1.5}
                d={values.map((v, k) => `${k ? 'L' : 'M'}${x(k).toFixed(1)} ${y(v).toFixed(1)}`).join('')}
              />
            ))}
          </svg>
          <p className="small faint">
            {lines.map(({ name }, i) => (
              <span key={name}>
                <svg width="18" height="8" aria-hidden="true">
                  <line
                    x1="0"
                    x2="18"
                    y1="4"
                    y2="4"
                    strokeWidth="2"
                    stroke={series[i].colour}
                    strokeDasharray={series[i].dash}
                  />
                </svg>{' '}
                {name}
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
