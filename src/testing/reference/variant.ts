// Which kernels the reference suite runs on: VARIANT names one form of core/variant.ts, else it goes through all of them.

import { type Variant, variants } from '../../core/variant.ts';
import { likely, variants as runnable } from '../check-operation.ts';

let inForce: Variant = likely;

/** Forms that the suite goes through, by name. */
export function referenceVariants(): { label: string; variant: Variant }[] {
  const name = process.env.VARIANT;
  if (!name) return runnable;
  const found = runnable.filter(({ label }) => label === name);
  if (!found.length) throw new Error(`VARIANT is ${name}: choose one of ${Object.keys(variants).join(', ')}`);
  return found;
}

export const forceVariant = (variant: Variant): void => {
  inForce = variant;
};

export const referenceVariant = (): Variant => inForce;
