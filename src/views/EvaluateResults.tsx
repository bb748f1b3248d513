// The answer: a verdict in words, the numbers, pictures of them, what was confused, and how it all came about.

import { useEvaluation } from '../store/evaluate.ts';
import { answersOf } from '../store/answers-of.ts';
import { verdicts } from '../store/evaluation-verdict.ts';
import { EvaluateConfusion } from './EvaluateConfusion.tsx';
import { EvaluateDots } from './EvaluateDots.tsx';
import { EvaluateExport } from './EvaluateExport.tsx';
import { EvaluateFacts } from './EvaluateFacts.tsx';
import { EvaluateFewLabels } from './EvaluateFewLabels.tsx';
import { EvaluateTable } from './EvaluateTable.tsx';

export function EvaluateResults() {
  const rows = useEvaluation((s) => s.rows);
  const report = useEvaluation((s) => s.report);
  const request = useEvaluation((s) => s.request);
  const over = useEvaluation((s) => s.jobId === null);
  if (!rows.length || !request) return null;
  return (
    <section className="results" aria-label="Results" data-testid="evaluation-results">
      <div className="row wrap">
        <h2>Results</h2>
        <span className="faint" data-testid="results-of">
          {answersOf(request, report?.step ?? null)}
        </span>
        <span className="spacer" />
        {report && <EvaluateExport report={report} />}
      </div>
      {report && (
        <ul className="verdicts" data-testid="verdicts">
          {verdicts(report).map(({ probe, finding, text, beside, doubts }) => (
            <li key={probe} data-finding={finding}>
              <p>{text}</p>
              {beside && <p className="small">{beside}</p>}
              {doubts.map((doubt) => (
                <p key={doubt} className="warn small">
                  {doubt}
                </p>
              ))}
            </li>
          ))}
        </ul>
      )}
      {report && report.warnings.length > 0 && (
        <ul className="cautions small" aria-label="Warnings">
          {report.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
      <EvaluateTable rows={rows} report={report} over={over} />
      {report && (
        <p className="faint small">
          A row is called best where it is ahead of every other by more than the spread of its trials and the number of
          test clips leave open.
        </p>
      )}
      <EvaluateDots rows={rows} chance={report?.chance ?? null} metric={report?.metric ?? null} />
      <EvaluateFewLabels rows={rows} chance={report?.chance ?? null} />
      {report?.confusion && <EvaluateConfusion key={report.finishedAt} report={report} confusion={report.confusion} />}
      {report && <EvaluateFacts report={report} />}
    </section>
  );
}
