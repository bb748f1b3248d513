import { describe, expect, it } from 'vitest';
import { featuresOf, type MatrixInfo } from './device.ts';

const matrices = 'chromium-experimental-subgroup-matrix';
const config = (edge: number, componentType = 'f16', resultComponentType = 'f32', K = edge) => ({
  componentType,
  resultComponentType,
  M: edge,
  N: edge,
  K,
});
const adapterOf = (subgroupMaxSize: number, ...subgroupMatrixConfigs: ReturnType<typeof config>[]) =>
  ({ subgroupMaxSize, subgroupMatrixConfigs }) as MatrixInfo;
const found = (info: MatrixInfo, features = ['subgroups', matrices]) =>
  featuresOf({ features: new Set(features) as unknown as GPUSupportedFeatures }, info).filter((f) =>
    f.startsWith('subgroup-matrix'),
  );

describe('subgroup matrices of an adapter', () => {
  it('of halves with single sums, square, of edges that there are kernels for', () => {
    expect(found(adapterOf(32, config(16)))).toEqual(['subgroup-matrix-16']);
    expect(found(adapterOf(8, config(16), config(8)))).toEqual(['subgroup-matrix-8', 'subgroup-matrix-16']);
    expect(
      found(adapterOf(32, config(8, 'f32'), config(8, 'f16', 'f16'), config(16, 'f16', 'f32', 8), config(32))),
    ).toEqual([]);
  });

  it('not without the feature, and not where four subgroups are more than a workgroup', () => {
    expect(found(adapterOf(32, config(16)), ['subgroups'])).toEqual([]);
    expect(found(adapterOf(64, config(16)))).toEqual(['subgroup-matrix-16']);
    expect(found(adapterOf(128, config(16)))).toEqual([]);
    expect(found({} as MatrixInfo)).toEqual([]);
  });
});
