// Statistics of masks for tests, which need not tell how far they are.

import type { MaskStatistics, MeasureRequest } from '../core/mask-statistics.ts';
import { MaskMeasurement } from '../mask/statistics.ts';

/** Whole measurement at once. */
export function measureMasks(request: MeasureRequest): MaskStatistics {
  const measurement = new MaskMeasurement(request);
  measurement.advance(Infinity);
  return measurement.result();
}
