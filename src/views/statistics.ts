// What was measured in the mask lab, and whether the settings have changed since.

import { useMemo } from 'react';
import type { MaskStatistics } from '../core/mask-statistics.ts';
import { useLab } from '../store/lab.ts';
import { measuredKey } from '../store/lab-statistics.ts';
import { useStudio } from '../store/studio.ts';

export function useStatistics(): { statistics: MaskStatistics | null; outdated: boolean } {
  const statistics = useLab((s) => s.statistics);
  const of = useLab((s) => s.statisticsOf);
  const config = useStudio((s) => s.labConfig);
  const now = useMemo(() => measuredKey(config), [config]);
  return { statistics, outdated: statistics !== null && of !== now };
}
