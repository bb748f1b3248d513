// Prints the adapter that Dawn for Node finds as one line of JSON, after a device has really computed something; exit 1 without one.
import { create, globals } from 'webgpu';

Object.assign(globalThis, globals);
// Kept in a variable: Node crashes when it is collected before the device.
const gpu = create(['enable-dawn-features=allow_unsafe_apis']);
const adapter = await gpu.requestAdapter();
if (!adapter) process.exit(1);
const device = await adapter.requestDevice();
const module = device.createShaderModule({
  code: '@group(0) @binding(0) var<storage, read_write> y: array<u32>; @compute @workgroup_size(1) fn main() { y[0] = 42u; }',
});
const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module } });
const y = device.createBuffer({ size: 4, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
const copy = device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
const encoder = device.createCommandEncoder();
const pass = encoder.beginComputePass();
pass.setPipeline(pipeline);
pass.setBindGroup(
  0,
  device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer: y } }],
  }),
);
pass.dispatchWorkgroups(1);
pass.end();
encoder.copyBufferToBuffer(y, 0, copy, 0, 4);
device.queue.submit([encoder.finish()]);
await copy.mapAsync(GPUMapMode.READ);
if (new Uint32Array(copy.getMappedRange())[0] !== 42) process.exit(1);
const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
const name = [vendor, architecture].filter(Boolean).join(' ') || description || 'unnamed adapter';
const software =
  isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render/i.test(`${architecture} ${description}`);
/** @type {Record<string, string>} what forms of kernels ask for, in words */
const asked = {
  subgroups: 'subgroups',
  'shader-f16': 'half precision',
  'chromium-experimental-subgroup-matrix': 'subgroup matrices',
};
const lacks = Object.keys(asked)
  .filter((feature) => !adapter.features.has(feature))
  .map((feature) => asked[feature]);
process.stdout.write(`${JSON.stringify({ name, software, lacks })}\n`);
device.destroy();
process.exit(0);
