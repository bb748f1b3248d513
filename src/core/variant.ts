// Which form of each kernel a plan uses. All forms compute the same and pass the same tests; they differ in what they ask
// of the machine. Chosen by features and measurement (tasks/tune.ts), never by the vendor's name.

export interface Variant {
  /**
   * registers: large register tiles, no barrier. quads: the same with operands shared between four lanes (subgroups).
   * workgroup: tiles staged in workgroup memory.
   */
  product: 'registers' | 'quads' | 'workgroup';
  attention: 'registers' | 'quads' | 'workgroup';
  /** one thread per row, or one workgroup per row, whose sums are made by a tree or (LayerNorm) by subgroups first */
  rows: 'thread' | 'workgroup' | 'subgroup';
  /**
   * How activations between the kernels of a block lie in memory: f32, or f16 (needs `shader-f16`; half the memory and half
   * the traffic, sums are f32 all the same). `registers` products have no half form.
   */
  storage: 'single' | 'half';
}

/** The forms that are worth trying, by name. Some need the feature `subgroups`, `half` needs `shader-f16`. */
export const variants = {
  registers: { product: 'registers', attention: 'registers', rows: 'thread', storage: 'single' },
  workgroup: { product: 'workgroup', attention: 'workgroup', rows: 'workgroup', storage: 'single' },
  quads: { product: 'quads', attention: 'quads', rows: 'thread', storage: 'single' },
  'workgroup and subgroups': { product: 'workgroup', attention: 'workgroup', rows: 'subgroup', storage: 'single' },
  'workgroup half': { product: 'workgroup', attention: 'workgroup', rows: 'workgroup', storage: 'half' },
  'quads half': { product: 'quads', attention: 'quads', rows: 'thread', storage: 'half' },
} as const satisfies Record<string, Variant>;

export type VariantName = keyof typeof variants;

/** What a variant chooses. */
export const variantParts = ['product', 'attention', 'rows', 'storage'] as const satisfies (keyof Variant)[];

/** What is likely the fastest form: registers are cheap and barriers ruinous on a software adapter, not on a GPU. */
export function likelyVariant(software: boolean, features: readonly string[]): VariantName {
  if (!software) return 'workgroup';
  return features.includes('subgroups') ? 'quads' : 'registers';
}

/** Whether there are kernels for this combination at all. */
export const isMade = (v: Variant): boolean => v.storage === 'single' || v.product !== 'registers';

/** The feature that a form needs and an adapter with these features lacks; null when it can run. */
export function missingFeature(v: Variant, features: readonly string[]): 'subgroups' | 'shader-f16' | null {
  const subgroups = v.product === 'quads' || v.attention === 'quads' || v.rows === 'subgroup';
  if (subgroups && !features.includes('subgroups')) return 'subgroups';
  return v.storage === 'half' && !features.includes('shader-f16') ? 'shader-f16' : null;
}

/** Whether an adapter with these features can run a form. */
export const canRun = (v: Variant, features: readonly string[]): boolean => isMade(v) && !missingFeature(v, features);
