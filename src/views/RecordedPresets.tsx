// What whole runs of the presets took and what their frozen features answered, beside random weights and chance.

import type { RecordedFigure, RecordedPresets as Presets } from '../store/evaluation-records.ts';
import { withDeviation } from './numbers.ts';
import './recorded.css';

function Figure({ figure }: { figure: RecordedFigure | null }) {
  if (!figure) return <td className="faint">–</td>;
  const [mean, deviation] = withDeviation(figure.mean, figure.deviation);
  return (
    <td>
      {mean} <span className="faint">± {deviation}</span>
    </td>
  );
}

export function RecordedPresets({ presets: { questions, rows } }: { presets: Presets }) {
  return (
    <div className="table-scroll recorded-presets" tabIndex={0} role="region" aria-label="Presets at a glance">
      <table className="figures">
        <caption>
          Presets at a glance: what a whole run took on a processor without a GPU, and % right by an attentive probe on
          its frozen features; mean ± deviation over seeds
        </caption>
        <thead>
          <tr>
            <th scope="col">Preset</th>
            <th scope="col">steps</th>
            <th scope="col">minutes</th>
            <th scope="col">loss</th>
            <th scope="col">effective rank</th>
            {questions.map(({ axis, labels }) => (
              <th key={`${axis} ${labels}`} scope="col">
                {axis},
                <br />
                {labels} labels
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.label}>
              <th scope="row">{row.label}</th>
              <td>{row.steps}</td>
              <Figure figure={row.minutes} />
              <Figure figure={row.loss} />
              <Figure figure={row.rank} />
              {row.answers.map((answer, i) => (
                <Figure key={`${questions[i].axis} ${questions[i].labels}`} figure={answer} />
              ))}
            </tr>
          ))}
          <tr data-row="chance">
            <th scope="row">chance</th>
            <td colSpan={4} />
            {questions.map(({ axis, labels, chance }) => (
              <td key={`${axis} ${labels}`}>{chance}</td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  );
}
