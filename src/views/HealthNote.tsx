// The verdict on the run's health in one line, beside curves that do not tell it. Pressed, it opens the checks behind it.

import { healthVerdict } from '../core/health-verdict.ts';
import { useHealth } from '../store/health.ts';
import { isOver, patch, useStudio } from '../store/studio.ts';
import { HealthBadge } from './HealthBadge.tsx';
import './health.css';

export default function HealthNote() {
  const rows = useHealth((s) => s.rows);
  const over = useStudio((s) => isOver(s.run));
  if (rows.length < 2) return null;
  const { state, evidence } = healthVerdict(rows, undefined, over);
  return (
    <button
      type="button"
      className="health-note small"
      data-testid="health-note"
      title={evidence}
      onClick={() => patch({ curve: 'health' })}
    >
      <HealthBadge state={state} /> <span className="faint">{evidence}</span>
    </button>
  );
}
