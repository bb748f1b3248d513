// Which form of each kernel a plan uses. All forms compute the same and pass the same tests; they differ in what they ask
// of the machine. Chosen by features and measurement (tasks/tune.ts), never by the vendor's name.

export interface Variant {
  /**
   * registers: large register tiles, no barrier. quads: the same with operands shared between four lanes (subgroups).
   * workgroup: tiles of 64 × 64 outputs staged in workgroup memory, workgroup32: of 32 × 32, for GPUs that small products
   * would leave half empty. matrix8, matrix16: the same, multiplied by subgroup matrices of that edge,
   * operands rounded to halves.
   */
  product: 'registers' | 'quads' | 'workgroup' | 'workgroup32' | 'matrix8' | 'matrix16';
  attention: 'registers' | 'quads' | 'workgroup';
  /** one thread per row, or one workgroup per row, whose sums are made by a tree or (LayerNorm) by subgroups first */
  rows: 'thread' | 'workgroup' | 'subgroup';
  /**
   * How activations between the kernels of a block lie in memory: f32, or f16 (needs `shader-f16`; half the memory and half
   * the traffic, sums are f32 all the same). `registers` products have no half form, products by matrices no other.
   */
  storage: 'single' | 'half';
}

/** The forms that are worth trying, by name. Some need a feature, see `missingFeature`. */
export const variants = {
  registers: { product: 'registers', attention: 'registers', rows: 'thread', storage: 'single' },
  workgroup: { product: 'workgroup', attention: 'workgroup', rows: 'workgroup', storage: 'single' },
  'workgroup 32': { product: 'workgroup32', attention: 'workgroup', rows: 'workgroup', storage: 'single' },
  quads: { product: 'quads', attention: 'quads', rows: 'thread', storage: 'single' },
  'workgroup and subgroups': { product: 'workgroup', attention: 'workgroup', rows: 'subgroup', storage: 'single' },
  'workgroup half': { product: 'workgroup', attention: 'workgroup', rows: 'workgroup', storage: 'half' },
  'quads half': { product: 'quads', attention: 'quads', rows: 'thread', storage: 'half' },
  'matrix 8 half': { product: 'matrix8', attention: 'workgroup', rows: 'workgroup', storage: 'half' },
  'matrix 16 half': { product: 'matrix16', attention: 'workgroup', rows: 'workgroup', storage: 'half' },
} as const satisfies Record<string, Variant>;

export type VariantName = keyof typeof variants;

/** What a variant chooses. */
export const variantParts = ['product', 'attention', 'rows', 'storage'] as const satisfies (keyof Variant)[];

/** Whether both choose the same forms. */
export const sameVariant = (a: Variant, b: Variant): boolean => variantParts.every((part) => a[part] === b[part]);

/** What is likely the fastest form: registers are cheap and barriers ruinous on a software adapter, not on a GPU. */
export function likelyVariant(software: boolean, features: readonly string[]): VariantName {
  if (!software) return 'workgroup';
  return features.includes('subgroups') ? 'quads' : 'registers';
}

/** The edge of the subgroup matrices that products use; null for the other forms. */
export const matrixEdge = ({ product }: Variant): 8 | 16 | null =>
  product === 'matrix8' ? 8 : product === 'matrix16' ? 16 : null;

/** Raised when a form begins to add up in another order; 1 unless named here. */
const roundings: Readonly<Record<string, number>> = { 'product workgroup': 2, 'attention workgroup': 2 };

/** How the forms round: where it is another number than a run was saved with, its losses do not come out the same bit for bit. */
export const roundingOf = (v: Variant): number =>
  Math.max(...variantParts.map((part) => roundings[`${part} ${v[part]}`] ?? 1));

/** Whether products stage their operands in workgroup memory, between barriers: forms for GPUs. */
export const stagesProducts = ({ product }: Variant): boolean => product !== 'registers' && product !== 'quads';

/** Whether there are kernels for this combination at all. */
export const isMade = (v: Variant): boolean =>
  v.storage === 'single' ? matrixEdge(v) === null : v.product !== 'registers';

/** Features that forms ask for; the last two are `chromium-experimental-subgroup-matrix` with such an edge (gpu/device.ts). */
export type FormFeature = 'subgroups' | 'shader-f16' | 'subgroup-matrix-8' | 'subgroup-matrix-16';

/** The feature that a form needs and an adapter with these features lacks; null when it can run. */
export function missingFeature(v: Variant, features: readonly string[]): FormFeature | null {
  const edge = matrixEdge(v);
  const needed: FormFeature[] = [];
  if (edge || v.product === 'quads' || v.attention === 'quads' || v.rows === 'subgroup') needed.push('subgroups');
  if (v.storage === 'half') needed.push('shader-f16');
  if (edge) needed.push(`subgroup-matrix-${edge}`);
  return needed.find((feature) => !features.includes(feature)) ?? null;
}

/** Whether an adapter with these features can run a form. */
export const canRun = (v: Variant, features: readonly string[]): boolean => isMade(v) && !missingFeature(v, features);

/** Forms that this adapter can run. */
export const availableVariants = (features: readonly string[]): Variant[] =>
  Object.values<Variant>(variants).filter((v) => canRun(v, features));
