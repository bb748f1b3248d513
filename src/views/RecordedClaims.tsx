// Every recorded claim at a glance: a difference is a dot with its 95 % interval, on one axis for all of them; what is none is
// said in words; and whether it holds.

import type {
  RecordedDifference,
  RecordedExperiment,
  RecordedStatement,
  RecordedVerdict,
} from '../store/evaluation-records.ts';
import { Holds } from './Holds.tsx';
import { fixed } from './numbers.ts';
import './recorded.css';

const width = 160;
const height = 20;
/** a dot's radius, and room for it at both ends */
const dot = 4;

/** What was found, a line each; what is all of it has the verdict on the whole. */
const linesOf = ({ found, holds }: RecordedExperiment): RecordedStatement[] =>
  found.map((one) => (found.length === 1 ? { ...one, holds } : one));

/** The part of the axis that all intervals and zero lie on, in points, to full tens. */
function domainOf(differences: readonly RecordedDifference[]): [number, number] {
  const ends = differences.flatMap(({ mean, interval }) => [mean, interval?.low ?? mean, interval?.high ?? mean]);
  return [Math.floor(Math.min(0, ...ends) / 10) * 10, Math.ceil(Math.max(10, ...ends) / 10) * 10];
}

const within = ({ interval }: RecordedDifference): string =>
  interval ? `(${fixed(interval.low, 1)} to ${fixed(interval.high, 1)})` : '(too few seeds)';

/** Unfolds an experiment further down and goes there. */
function goTo(id: string) {
  const details = document.getElementById(`experiment-${id}`)?.closest('details');
  if (!details) return;
  details.open = true;
  details.scrollIntoView();
  details.querySelector('summary')?.focus();
}

export function RecordedClaims({ experiments }: { experiments: readonly RecordedExperiment[] }) {
  const groups = experiments
    .map((experiment) => ({ experiment, lines: linesOf(experiment) }))
    .filter(({ lines }) => lines.length);
  if (!groups.length) return null;
  const [from, to] = domainOf(groups.flatMap(({ lines }) => lines.flatMap(({ difference }) => difference ?? [])));
  const x = (points: number) => dot + ((points - from) / (to - from)) * (width - 2 * dot);
  return (
    <div className="table-scroll recorded-claims" tabIndex={0} role="region" aria-label="Claims at a glance">
      <table className="figures">
        <caption>
          Claims at a glance: differences in percentage points with their 95 % interval; results of another kind in
          words
        </caption>
        <thead>
          <tr>
            <th scope="col">Claim</th>
            <th scope="col">Difference</th>
            <th scope="col">
              <span className="claim-axis" aria-hidden="true">
                <span>{fixed(from, 0)}</span>
                <span style={{ left: x(0) }}>0</span>
                <span>{to}</span>
              </span>
            </th>
            <th scope="col">points</th>
            <th scope="col">verdict</th>
          </tr>
        </thead>
        {groups.map(({ experiment: { id, title }, lines }) => (
          <tbody key={id}>
            {lines.map(({ text, difference, holds }, i) => (
              <tr key={text}>
                {i === 0 && (
                  <th scope="rowgroup" rowSpan={lines.length}>
                    <button type="button" className="link" onClick={() => goTo(id)}>
                      {title}
                    </button>
                  </th>
                )}
                {difference ? (
                  <>
                    <th scope="row">{difference.name}</th>
                    <td>
                      <Interval difference={difference} holds={holds} x={x} />
                    </td>
                    <td>
                      {fixed(difference.mean, 1)} <span className="faint">{within(difference)}</span>
                    </td>
                  </>
                ) : (
                  <th scope="row" colSpan={3} className="claim-words">
                    {text}
                  </th>
                )}
                <td>{holds && <Holds verdict={holds} />}</td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

interface IntervalProps {
  difference: RecordedDifference;
  holds: RecordedVerdict | null;
  x: (points: number) => number;
}

/** Filled where it is settled, hollow where zero lies inside. */
function Interval({ difference, holds, x }: IntervalProps) {
  const { mean, interval } = difference;
  const middle = height / 2;
  return (
    <svg
      className={`claim-interval claim-${holds ?? 'unclear'}`}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      aria-hidden="true"
    >
      <line className="claim-zero" x1={x(0)} x2={x(0)} y1={0} y2={height} />
      {interval && <line x1={x(interval.low)} x2={x(interval.high)} y1={middle} y2={middle} />}
      <circle cx={x(mean)} cy={middle} r={dot} />
    </svg>
  );
}
