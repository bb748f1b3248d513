// Which kernels the reference suite runs on: VARIANT names one form, else it goes through all of them.

import { type Variant, variants } from '../../core/variant.ts';
import { likely, variants as runnable } from '../check-operation.ts';

export interface Form {
  label: string;
  variant: Variant;
  /** activations of the blocks are made again in the backward pass */
  recompute: boolean;
}

const all: Form[] = [
  ...runnable.map((v) => ({ ...v, recompute: false })),
  { label: 'recompute', variant: likely, recompute: true },
];

let inForce: Form = { label: 'likely', variant: likely, recompute: false };

/** Forms that the suite goes through. */
export function referenceForms(): Form[] {
  const name = process.env.VARIANT;
  if (!name) return all;
  const found = all.filter(({ label }) => label === name);
  if (!found.length)
    throw new Error(`VARIANT is ${name}: choose one of ${[...Object.keys(variants), 'recompute'].join(', ')}`);
  return found;
}

export const forceForm = (form: Form): void => {
  inForce = form;
};

export const referenceForm = (): Form => inForce;
