// Experiments recorded with the studio, each with how it was made and beside what is reported of it. Nothing is shown where there are none.

import { useEffect, useState } from 'react';
import {
  loadExperiments,
  type RecordedExperiment,
  type RecordedStatement,
  type RecordedVerdict,
  type Records,
} from '../store/evaluation-records.ts';
import { withDeviation } from './numbers.ts';
import { Holds } from './Holds.tsx';
import { RecordedClaims } from './RecordedClaims.tsx';
import { RecordedPresets } from './RecordedPresets.tsx';
import './tables.css';

export function RecordedExperiments() {
  const [records, setRecords] = useState<Records | null>(null);
  useEffect(() => {
    void loadExperiments().then(setRecords);
  }, []);
  if (!records?.experiments.length) return null;
  const { rule, presets, experiments } = records;
  return (
    <section className="recorded" aria-label="Recorded experiments" data-testid="recorded-experiments">
      <h2>Recorded experiments</h2>
      <p className="faint">Claims of the article and of others, tried at a size that trains in a tab. {rule}</p>
      <RecordedClaims experiments={experiments} />
      {presets && <RecordedPresets presets={presets} />}
      {experiments.map((experiment, i) => (
        <Experiment key={experiment.id} experiment={experiment} open={i === 0} />
      ))}
    </section>
  );
}

/** Of a claim of several parts that holds in some: in how many. */
function Whole({ found, verdict }: { found: RecordedStatement[]; verdict: RecordedVerdict }) {
  const parts = found.filter(({ holds }) => holds !== null);
  const held = parts.filter(({ holds }) => holds === 'yes').length;
  if (verdict !== 'unclear' || held === 0) return <Holds verdict={verdict} />;
  return (
    <span className="holds">
      {held} of {parts.length} parts hold{held === 1 ? 's' : ''} here
    </span>
  );
}

/** `open`: unfolded from the beginning. */
function Experiment({ experiment, open }: { experiment: RecordedExperiment; open: boolean }) {
  const { id, title, question, paper, how, found, holds, rows } = experiment;
  return (
    <article className="experiment" aria-labelledby={`experiment-${id}`}>
      <details open={open}>
        <summary>
          <h3 id={`experiment-${id}`}>
            {title} <Whole found={found} verdict={holds} />
          </h3>
        </summary>
        <div className="experiment-body">
          <p>{question}</p>
          <dl className="facts found">
            <dt>Reported</dt>
            <dd>{paper}</dd>
            <dt>How we asked</dt>
            <dd>{how}</dd>
            <dt>We found</dt>
            <dd>
              <ul className="statements">
                {found.map((one) => (
                  <li key={one.text}>
                    {one.text}
                    {found.length > 1 && one.holds && <Holds verdict={one.holds} />}
                  </li>
                ))}
              </ul>
            </dd>
          </dl>
          <div className="table-scroll" tabIndex={0} role="region" aria-label={`Numbers of ${title}`}>
            <table className="figures">
              <thead>
                <tr>
                  <th scope="col">What</th>
                  <th scope="col">mean ± sd</th>
                  <th scope="col">seeds</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => {
                  const [mean, deviation] = withDeviation(row.mean, row.deviation);
                  return (
                    <tr key={row.label}>
                      <th scope="row">{row.label}</th>
                      <td>
                        {mean} <span className="faint">± {deviation}</span> {row.unit}
                      </td>
                      <td>{row.n}</td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </div>
        </div>
      </details>
    </article>
  );
}
