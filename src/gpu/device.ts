// Opening a WebGPU device, and the reasons why there is none. Takes a `GPU`, so that a browser and Node open alike.

import { StudioError } from '../core/errors.ts';

export interface OpenDevice {
  device: GPUDevice;
  /** e.g. "google swiftshader" */
  name: string;
  /** a software adapter: the barrier-free kernels are the fast ones */
  software: boolean;
  features: string[];
  /** largest storage binding in bytes */
  maxBindingBytes: number;
  /** resolves with a typed error when the device goes away, or is given up because WebGPU refused a command of ours */
  lost: Promise<StudioError>;
}

const subgroupMatrices = 'chromium-experimental-subgroup-matrix';

/** Features that are asked for when the adapter has them; nothing here needs one. */
const wanted = ['timestamp-query', 'subgroups', 'shader-f16', subgroupMatrices] as GPUFeatureName[];

export const wantedFeatures = (adapter: GPUAdapter): GPUFeatureName[] =>
  wanted.filter((feature) => adapter.features.has(feature));

/** What Chromium tells of subgroup matrices: types of operands and sums, and the three edges. Not in @webgpu/types. */
export interface MatrixInfo extends GPUAdapterInfo {
  subgroupMatrixConfigs?: {
    componentType: string;
    resultComponentType: string;
    M: number;
    N: number;
    K: number;
  }[];
}

/** Threads of a workgroup that every device has. */
const mostThreads = 256;

/**
 * Features of a device of the adapter of which `info` tells, with `subgroup-matrix-8` and `subgroup-matrix-16` for square matrices of that edge with operands of half
 * and sums of single precision, if four of its largest subgroups fit into a workgroup (shaders/linear_matrix.wgsl).
 */
export function featuresOf({ features }: Pick<GPUDevice, 'features'>, info: MatrixInfo): string[] {
  if (!features.has(subgroupMatrices) || !(4 * (info.subgroupMaxSize ?? NaN) <= mostThreads)) return [...features];
  const configs = info.subgroupMatrixConfigs ?? [];
  const edges = [8, 16].filter((edge) =>
    configs.some(
      (c) => c.componentType === 'f16' && c.resultComponentType === 'f32' && [c.M, c.N, c.K].every((n) => n === edge),
    ),
  );
  return [...features, ...edges.map((edge) => `subgroup-matrix-${edge}`)];
}

/** Kernels keep to the default limits; only buffers may grow with the adapter. */
const growing = ['maxBufferSize', 'maxStorageBufferBindingSize'] as const;

/**
 * Opens the adapter that computes. Throws StudioError 'gpu-missing' with the reason and what to do about it.
 */
export async function openDevice(gpu: GPU | undefined, secure = true): Promise<OpenDevice> {
  if (!gpu) {
    throw secure
      ? new StudioError(
          'gpu-missing',
          'This browser has no WebGPU.',
          'Use a current Chrome or Edge (on Linux start it with --enable-unsafe-webgpu), Safari 26, or Firefox 141 on Windows.',
        )
      : new StudioError(
          'gpu-missing',
          'WebGPU is only there on secure pages, and this page is not one.',
          'Open the studio over https or on localhost.',
        );
  }
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new StudioError(
      'gpu-missing',
      'The browser has WebGPU but offers no adapter.',
      'Switch on hardware acceleration in the browser settings, update the graphics driver, and see chrome://gpu for the reason.',
    );
  }
  const requiredLimits: Record<string, number> = {};
  for (const limit of growing) requiredLimits[limit] = adapter.limits[limit];
  const device = await adapter.requestDevice({ requiredLimits, requiredFeatures: wantedFeatures(adapter) });
  const { vendor, architecture, description } = adapter.info;
  const name = [vendor, architecture].filter(Boolean).join(' ') || description || 'unnamed adapter';
  return {
    device,
    name,
    software: isSoftware(adapter),
    features: featuresOf(device, adapter.info),
    maxBindingBytes: device.limits.maxStorageBufferBindingSize,
    lost: Promise.race([goneAway(device), refused(device)]),
  };
}

const goneAway = async (device: GPUDevice): Promise<StudioError> => {
  const { reason, message } = await device.lost;
  return new StudioError(
    'gpu-lost',
    `The GPU device was lost (${reason}${message ? `: ${message.replace(/\.$/, '')}` : ''}).`,
    'Start the run again; if it happens again, choose a smaller preset or batch and reload the page.',
  );
};

/**
 * A command that WebGPU refuses does nothing, and everything behind it reads old numbers as if it had: a run would train at
 * loss 0. Nobody can tell what else it spoilt, so the device is given up, which ends everything on it.
 */
const refused = (device: GPUDevice): Promise<StudioError> =>
  new Promise((resolve) => {
    device.onuncapturederror = ({ error }) => {
      resolve(
        new StudioError(
          'gpu-lost',
          `WebGPU refused a command, so the GPU device was given up: ${error.message}`,
          'Take the run up again from its last checkpoint; if it happens again, choose a smaller preset or batch.',
        ),
      );
      // not at once: Dawn for Node tells the error from within the command, and would wait for itself
      queueMicrotask(() => device.destroy());
    };
  });

/** Only the adapter's own words decide, and only for a default that tuning may overrule. */
export function isSoftware(adapter: GPUAdapter): boolean {
  const { info } = adapter;
  return (
    info.isFallbackAdapter ||
    /swiftshader|llvmpipe|lavapipe|basic render/i.test(`${info.architecture} ${info.description} ${info.device}`)
  );
}
