// The verdict on the run's health in one line, beside curves that do not tell it. Pressed, it opens the checks behind it.

import { healthVerdict } from '../core/health-verdict.ts';
import { useHealth } from '../store/health.ts';
import { isOver, patch, useStudio } from '../store/studio.ts';
import { HealthBadge } from './HealthBadge.tsx';
import './health.css';

/** Letters that two or three lines take. */
const room = 150;

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
      <HealthBadge state={state} /> <span className="faint">{inShort(evidence)}</span>
    </button>
  );
}

/** Whole sentences, as many as have room beside the curves; one at least. */
function inShort(evidence: string): string {
  const [first, ...others] = evidence.split(/(?<=\.) (?=[A-Z])/);
  let said = first;
  for (const sentence of others) {
    if (said.length + sentence.length > room) break;
    said += ` ${sentence}`;
  }
  return said;
}
