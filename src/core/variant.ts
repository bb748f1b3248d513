// Which form of each kernel a plan uses. All forms compute the same and pass the same tests; they differ in what they ask
// of the machine. Chosen by features and measurement (tasks/tune.ts), never by the vendor's name.

export interface Variant {
  /**
   * registers: large register tiles, no barrier. quads: the same with operands shared between four lanes (subgroups).
   * workgroup: tiles staged in workgroup memory.
   */
  product: 'registers' | 'quads' | 'workgroup';
  attention: 'registers' | 'quads' | 'workgroup';
  /** one thread per row, or one workgroup per row */
  rows: 'thread' | 'workgroup';
}

/** The forms that are worth trying, by name. The last one needs the feature `subgroups`. */
export const variants = {
  registers: { product: 'registers', attention: 'registers', rows: 'thread' },
  workgroup: { product: 'workgroup', attention: 'workgroup', rows: 'workgroup' },
  quads: { product: 'quads', attention: 'quads', rows: 'thread' },
} as const satisfies Record<string, Variant>;

export type VariantName = keyof typeof variants;

/** What is likely the fastest form: registers are cheap and barriers ruinous on a software adapter, not on a GPU. */
export function likelyVariant(software: boolean, features: readonly string[]): VariantName {
  if (!software) return 'workgroup';
  return features.includes('subgroups') ? 'quads' : 'registers';
}

/** Whether an adapter with these features can run a form. */
export const canRun = (v: Variant, features: readonly string[]): boolean =>
  features.includes('subgroups') || (v.product !== 'quads' && v.attention !== 'quads');
