import { describe, expect, it } from 'vitest';
import { create, globals } from 'webgpu';
import { featuresOf, type MatrixInfo, openDevice } from './device.ts';

Object.assign(globalThis, globals);
const gpu = create([]); // kept: Node crashes when it is collected before its devices

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

describe('a device that is open', () => {
  it('is given up when a command is refused, with what WebGPU said', async () => {
    const { device, lost } = await openDevice(gpu);
    const buffer = device.createBuffer({ label: 'only read', size: 16, usage: GPUBufferUsage.COPY_SRC });
    device.queue.writeBuffer(buffer, 0, new Uint32Array(4));
    const error = await lost;
    expect(error.code).toBe('gpu-lost');
    expect(error.message).toMatch(/WebGPU refused a command.*only read/s);
    expect(error.advice).toContain('checkpoint');
    expect((await device.lost).reason).toBe('destroyed');
  });

  it('stays when an error is looked after by who asked', async () => {
    const { device, lost } = await openDevice(gpu);
    device.pushErrorScope('validation');
    device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE });
    expect(await device.popErrorScope()).not.toBeNull();
    const first = await Promise.race([lost, device.queue.onSubmittedWorkDone().then(() => 'still there')]);
    expect(first).toBe('still there');
    device.destroy();
    expect((await lost).message).toContain('was lost (destroyed');
  });
});
