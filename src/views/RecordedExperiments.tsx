// Experiments recorded with the studio, each beside what the paper found. Nothing is shown where there are none.

import { useEffect, useState } from 'react';
import { loadExperiments, type RecordedExperiment } from '../store/evaluation-records.ts';
import { rounded } from './numbers.ts';
import './tables.css';

const holdsNames: Record<RecordedExperiment['holds'], string> = {
  yes: 'It holds here',
  no: 'It does not hold here',
  unclear: 'Unclear',
};

export function RecordedExperiments() {
  const [experiments, setExperiments] = useState<RecordedExperiment[]>([]);
  useEffect(() => {
    void loadExperiments().then(setExperiments);
  }, []);
  if (!experiments.length) return null;
  return (
    <section className="recorded" aria-label="Recorded experiments" data-testid="recorded-experiments">
      <h2>Recorded experiments</h2>
      <p className="faint">Findings of the paper, tried again at a size that trains in a tab.</p>
      {experiments.map((experiment) => (
        <Experiment key={experiment.id} experiment={experiment} />
      ))}
    </section>
  );
}

function Experiment({ experiment }: { experiment: RecordedExperiment }) {
  const { id, title, question, paper, found, holds, rows } = experiment;
  return (
    <article className="experiment" aria-labelledby={`experiment-${id}`}>
      <h3 id={`experiment-${id}`}>
        {title} <span className={`holds holds-${holds}`}>{holdsNames[holds]}</span>
      </h3>
      <p>{question}</p>
      <dl className="facts found">
        <dt>The paper found</dt>
        <dd>{paper}</dd>
        <dt>We found</dt>
        <dd>{found}</dd>
      </dl>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={`Numbers of ${title}`}>
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">mean ± sd</th>
              <th scope="col">n</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.label}>
                <th scope="row">{row.label}</th>
                <td>
                  {rounded(row.mean)} <span className="faint">± {rounded(row.deviation)}</span> {row.unit}
                </td>
                <td>{row.n}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </article>
  );
}
