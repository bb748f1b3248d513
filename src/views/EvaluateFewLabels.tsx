// How far few labels carry: the share of the labels across, one line and band per source. Shown when there are several
// shares; the chart is loaded with them.

import { lazy, Suspense, useState } from 'react';
import type { EvaluationRow } from '../protocol/evaluation.ts';
import { probeNames } from '../store/evaluation-verdict.ts';
import { Boundary } from './Boundary.tsx';
import { sharesOf } from './EvaluateTable.tsx';

const FewLabelsChart = lazy(() => import('./EvaluateFewLabelsChart.tsx'));

export function EvaluateFewLabels({ rows, chance }: { rows: readonly EvaluationRow[]; chance: number | null }) {
  const [wanted, setWanted] = useState<EvaluationRow['probe'] | null>(null);
  if (sharesOf(rows).length < 2) return null;
  const probes = [...new Set(rows.map((r) => r.probe))];
  const probe = probes.find((p) => p === wanted) ?? probes[0];
  return (
    <figure className="figure" data-testid="few-labels">
      <figcaption className="row wrap">
        <span>
          Few labels <span className="faint">bands are mean ± deviation over seeds and draws</span>
        </span>
        <span className="spacer" />
        {probes.length > 1 && (
          <span className="segmented" role="group" aria-label="Probe of the chart">
            {probes.map((p) => (
              <button key={p} type="button" aria-pressed={p === probe} onClick={() => setWanted(p)}>
                {probeNames[p]}
              </button>
            ))}
          </span>
        )}
      </figcaption>
      <Boundary of="part">
        <Suspense fallback={<div className="chart few-labels" aria-busy="true" />}>
          <FewLabelsChart rows={rows.filter((r) => r.probe === probe)} chance={chance} />
        </Suspense>
      </Boundary>
    </figure>
  );
}
