// How a result came about, so that it can be had again: weights, clips, split, seeds, recipe, fingerprint.

import { numbered } from '../core/numbered.ts';
import type { EvaluationReport } from '../protocol/evaluation.ts';
import { recipeTold } from '../store/evaluation-recipe.ts';
import { askedOf } from '../store/evaluation-verdict.ts';
import { nameOfRun, useKeep } from '../store/keep.ts';
import { Fact } from './fields.tsx';
import { duration } from './numbers.ts';
import './tables.css';

export function EvaluateFacts({ report }: { report: EvaluationReport }) {
  const { request, step, classes, counts } = report;
  const { data, split } = request;
  const run = useKeep(() => nameOfRun(request.runId ?? ''));
  const seeds = [...new Set(report.rows.flatMap((r) => r.trials.map((t) => t.seed)))].sort((a, b) => a - b);
  const sum = (which: 0 | 1 | 2) => counts.reduce((n, c) => n + c[which], 0);
  const clips =
    data.kind === 'drawn'
      ? `${data.clips} drawn with seed ${data.seed}, noise ${data.noise}, ${data.background} background`
      : `${data.clipIds.length} of mine, ${data.group === null ? 'files kept whole' : `${data.group} kept whole`}`;
  return (
    <details className="how-found" open data-testid="evaluation-facts">
      <summary>How this was found</summary>
      <dl className="facts">
        <Fact
          name="Weights"
          value={
            step === null
              ? `${request.config.preset}, random weights of seed ${request.config.seed}`
              : `${request.config.preset}, run “${run}” after ${step} steps, ${request.network === 'target' ? 'slow copy' : 'encoder'}`
          }
        />
        {report.beside && (
          <Fact
            name="Beside it"
            value={`${report.beside.label}, predicting ${report.beside.target}, after ${report.beside.step} steps`}
          />
        )}
        <Fact name="Asked" value={askedOf(request)} />
        <Fact name="Clips" value={clips} />
        <Fact
          name="Split"
          value={`${sum(0)} for training, ${sum(1)} for choosing, ${sum(2)} for the test, seed ${split.seed}`}
        />
        <Fact
          name="Seen as"
          value={`${numbered(request.segments, 'clip')} in time × ${numbered(request.views, 'crop')}`}
        />
        <Fact name="Seeds" value={seeds.join(', ')} />
        <Fact name="Recipe" value={recipeTold(request)} />
        <Fact
          name="Finished"
          value={`${new Date(report.finishedAt).toLocaleString('en-GB')}, in ${duration(report.seconds)}`}
        />
        <dt>Fingerprint of the data</dt>
        <dd>
          <code data-testid="fingerprint">{report.fingerprint}</code>
        </dd>
      </dl>
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Clips of every class, as they were">
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">Class</th>
              <th scope="col">train</th>
              <th scope="col">choose</th>
              <th scope="col">test</th>
            </tr>
          </thead>
          <tbody>
            {classes.map((name, i) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {counts[i]?.map((n, part) => (
                  <td key={part}>{n}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
