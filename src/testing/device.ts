// One WebGPU device for all kernel tests of a process: Dawn for Node (the dev dependency `webgpu`).
import { create, globals } from 'webgpu';
import { featuresOf, isSoftware, wantedFeatures } from '../gpu/device.ts';

Object.assign(globalThis, globals);
// Kept for as long as the process lives: Node crashes when it is collected before the device.
// Experimental features are let through, so that forms which ask for one are tested where the adapter has it.
const gpu = create(['enable-dawn-features=allow_unsafe_apis']);
let device: Promise<GPUDevice> | null = null;

/** The device; throws when this machine offers none. Kernel tests are never skipped in silence. */
export function testDevice(): Promise<GPUDevice> {
  return (device ??= open());
}

/** What decides which forms of a kernel can run, and which is likely the fastest. */
export async function describeDevice(): Promise<{ software: boolean; features: string[] }> {
  const [adapter, device] = [await findAdapter(), await testDevice()];
  return { software: isSoftware(adapter), features: featuresOf(device, adapter.info) };
}

async function findAdapter(): Promise<GPUAdapter> {
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error('no WebGPU adapter: install Chrome or Chromium, its software driver is enough');
  return adapter;
}

async function open(): Promise<GPUDevice> {
  const adapter = await findAdapter();
  const opened = await adapter.requestDevice({
    requiredFeatures: wantedFeatures(adapter),
    requiredLimits: {
      maxBufferSize: adapter.limits.maxBufferSize,
      maxStorageBufferBindingSize: adapter.limits.maxStorageBufferBindingSize,
    },
  });
  opened.onuncapturederror = (event) => {
    throw new Error(event.error.message);
  };
  return opened;
}
