// One WebGPU device for all kernel tests of a process: Dawn for Node (the dev dependency `webgpu`).
import { create, globals } from 'webgpu';

Object.assign(globalThis, globals);
// Kept for as long as the process lives: Node crashes when it is collected before the device.
const gpu = create([]);
let device: Promise<GPUDevice> | null = null;

/** The device; throws when this machine offers none. Kernel tests are never skipped in silence. */
export function testDevice(): Promise<GPUDevice> {
  return (device ??= open());
}

async function open(): Promise<GPUDevice> {
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error('no WebGPU adapter: install Chrome or Chromium, its software driver is enough');
  const opened = await adapter.requestDevice({
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
