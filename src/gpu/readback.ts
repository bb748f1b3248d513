// Reading from the GPU. `readTensor` is for tests and requests; the training loop uses a ring made once (Ring).

import { StudioError } from '../core/errors.ts';
import { fromHalf } from '../core/half.ts';
import { bytesOfValues } from './arena.ts';
import { freeBuffer, makeBuffer } from './held.ts';
import { root, type Tensor } from './tensor.ts';

/** Reads `count` values of a tensor as floats, waiting for the GPU. Makes a buffer for the purpose: not for the step. */
export async function readTensor(device: GPUDevice, tensor: Tensor, count: number): Promise<Float32Array<ArrayBuffer>> {
  const { place, name } = root(tensor);
  if (!place) throw new StudioError('internal', `${name} has no memory: it is not used by any dispatch`);
  if (tensor.type !== 'f16') return readBuffer(device, place.buffer, place.offset, count);
  const bytes = await readBytes(device, place.buffer, place.offset, bytesOfValues('f16', count));
  return fromHalf(new Uint16Array(bytes, 0, count));
}

/** Reads `count` floats from a byte offset of a buffer. */
export async function readBuffer(
  device: GPUDevice,
  buffer: GPUBuffer,
  offset: number,
  count: number,
): Promise<Float32Array<ArrayBuffer>> {
  return new Float32Array(await readBytes(device, buffer, offset, count * 4));
}

async function readBytes(device: GPUDevice, buffer: GPUBuffer, offset: number, size: number): Promise<ArrayBuffer> {
  const staging = makeBuffer(device, {
    size: Math.max(4, size),
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, offset, staging, 0, size);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const bytes = staging.getMappedRange().slice(0, size);
  freeBuffer(staging);
  return bytes;
}

/** Staging buffers for values that every step sends back. Made once; a step never waits for its own values. */
export class Ring {
  #free: GPUBuffer[];
  #bytes: number;
  #destroyed = false;

  constructor(device: GPUDevice, bytes: number, depth: number) {
    this.#bytes = bytes;
    this.#free = Array.from({ length: depth }, (_, i) =>
      makeBuffer(device, {
        label: `readback ${i}`,
        size: bytes,
        usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
      }),
    );
  }

  /** A staging buffer to copy into, or null when all are on their way. */
  take(): GPUBuffer | null {
    return this.#free.pop() ?? null;
  }

  /** A buffer that nothing was submitted for. */
  giveBack(staging: GPUBuffer): void {
    if (this.#destroyed) freeBuffer(staging);
    else this.#free.push(staging);
  }

  /** Resolves with a copy of the bytes once the submitted copy is done. Rejects with what the browser says when the device
   * is lost. */
  async collect(staging: GPUBuffer): Promise<ArrayBuffer> {
    await staging.mapAsync(GPUMapMode.READ, 0, this.#bytes);
    const copy = staging.getMappedRange().slice(0);
    staging.unmap();
    this.giveBack(staging);
    return copy;
  }

  /** Those on their way go when they come back. */
  destroy(): void {
    this.#destroyed = true;
    this.#free.forEach(freeBuffer);
  }
}
