// Which kernels the reference suite runs on: VARIANT names one form, else it goes through all of them.

import type { Variant } from '../../core/variant.ts';
import { likely, rowVariants, variants } from '../check-operation.ts';

export interface Form {
  label: string;
  variant: Variant;
  /** activations of the blocks are made again in the backward pass */
  recompute: boolean;
}

/** The forms of products and of sums over rows that those of attention do not bring with them. */
const others: Form = {
  label: 'workgroup 32 and subgroups',
  variant: { ...rowVariants.at(-1)!.variant, product: 'workgroup32' },
  recompute: false,
};

/** Every form of every part is in one of them. Those that store or multiply by halves round otherwise than the stored tolerances
 * allow, and are held against their own references by the tests of the operations. */
const all: Form[] = [
  ...variants.map((v) => ({ ...v, recompute: false })),
  others,
  { label: 'recompute', variant: likely, recompute: true },
];

let inForce: Form = { label: 'likely', variant: likely, recompute: false };

/** Forms that the suite goes through. */
export function referenceForms(): Form[] {
  const name = process.env.VARIANT;
  if (!name) return all;
  const found = all.filter(({ label }) => label === name);
  if (!found.length)
    throw new Error(`VARIANT is ${name}: choose one of ${all.map(({ label }) => label).join(', ')}`);
  return found;
}

export const forceForm = (form: Form): void => {
  inForce = form;
};

export const referenceForm = (): Form => inForce;
