// Which kernels the reference suite runs on: VARIANT names one of core/variant.ts, else what the studio would choose here.

import { likely } from '../check-operation.ts';
import { type Variant, variants } from '../../core/variant.ts';

export function referenceVariant(): Variant {
  const name = process.env.VARIANT;
  if (!name) return likely;
  const found = Object.entries(variants).find(([key]) => key === name);
  if (!found) throw new Error(`VARIANT is ${name}: choose one of ${Object.keys(variants).join(', ')}`);
  return found[1];
}
