// The curves of the run, or of the stored one; loaded when there is something to draw.

import { lazy, Suspense } from 'react';
import { chartlessChapters, type CurveKind, patch, useStudio } from '../store/studio.ts';
import { useHealth } from '../store/health.ts';
import { Boundary } from './Boundary.tsx';

const LossChart = lazy(() => import('./LossChart.tsx'));
const HealthPanel = lazy(() => import('./HealthPanel.tsx'));
const HealthNote = lazy(() => import('./HealthNote.tsx'));

const kinds: { value: CurveKind; label: string }[] = [
  { value: 'loss', label: 'Loss' },
  { value: 'terms', label: 'Terms' },
  { value: 'gradients', label: 'Gradient norms' },
  { value: 'schedule', label: 'Schedule' },
  { value: 'health', label: 'Health' },
];

export function RunCharts() {
  const kind = useStudio((s) => s.curve);
  const run = useStudio((s) => s.run);
  const stored = useStudio((s) => s.stored);
  const checked = useHealth((s) => run !== null && s.runId === run.runId);
  const metrics = run ? run.metrics : (stored?.metrics ?? []);
  // a chart that is mounted and not shown has no size to draw in
  const pictures = useStudio((s) => s.lesson !== null && s.lesson < chartlessChapters);
  if (!metrics.length || pictures) return null;
  // those before a branch too: the curve begins with the steps of the runs before it
  const changes = [...(run?.parent?.changes ?? []), ...(run?.changes ?? [])].map(({ step }) => step);
  return (
    <section className="charts" aria-label="Curves">
      <div className="row wrap">
        <div className="segmented" role="group" aria-label="Curve">
          {kinds.map((k) => (
            <button
              key={k.value}
              type="button"
              aria-pressed={kind === k.value}
              onClick={() => patch({ curve: k.value })}
            >
              {k.label}
            </button>
          ))}
        </div>
        {checked && kind !== 'health' && (
          <Boundary of="part">
            <Suspense>
              <HealthNote />
            </Suspense>
          </Boundary>
        )}
        {!run && stored && (
          <span className="small faint">
            stored run, {stored.config.preset}, {(metrics.at(-1)?.step ?? 0) + 1} steps
          </span>
        )}
      </div>
      <Boundary of="part" key={kind === 'health' ? kind : 'chart'}>
        <Suspense fallback={<div className="chart" />}>
          {kind === 'health' ? (
            <HealthPanel />
          ) : (
            <LossChart metrics={metrics} kind={kind} changes={changes} branchedAt={run?.parent?.step ?? null} />
          )}
        </Suspense>
      </Boundary>
    </section>
  );
}
