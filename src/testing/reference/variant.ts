// Which kernels the reference suite runs on: VARIANT=workgroup forces the other form of every kernel that has two.

import type { Variant } from '../../gpu/plan.ts';

export const referenceVariant = (): Variant =>
  process.env.VARIANT === 'workgroup' ? { product: 'workgroup', rows: 'workgroup' } : { product: 'registers', rows: 'thread' };
