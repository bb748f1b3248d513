// The state of a run's health as a word with a sign, so that it is never told by colour alone.

import { Activity, CircleCheck, CircleHelp, LifeBuoy, TrendingDown } from 'lucide-react';
import type { HealthState } from '../core/health-verdict.ts';

const signs = {
  healthy: CircleCheck,
  collapsing: TrendingDown,
  collapsed: Activity,
  escaped: LifeBuoy,
  unclear: CircleHelp,
} as const;

const words: Record<HealthState, string> = {
  healthy: 'Healthy',
  collapsing: 'Collapsing',
  collapsed: 'Collapsed',
  escaped: 'Escaped a collapse',
  unclear: 'Unclear',
};

export function HealthBadge({ state }: { state: HealthState }) {
  const Sign = signs[state];
  return (
    <span className={`health-state health-${state}`}>
      <Sign size={14} aria-hidden="true" /> {words[state]}
    </span>
  );
}
