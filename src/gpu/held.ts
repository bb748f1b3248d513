// GPU memory that a device's buffers hold, counted where they are made and freed, and the most that they may. No browser
// tells how much there is, and running out may end the tab: so what does not fit is refused before it is made.

import { byteSize } from '../core/byte-size.ts';
import { StudioError } from '../core/errors.ts';

interface Held {
  bytes: number;
  most: number;
  /** give back what is kept in case it is asked for again */
  idle: Set<() => void>;
}

const ofDevices = new WeakMap<GPUDevice, Held>();
const ofBuffers = new WeakMap<GPUBuffer, { held: Held; size: number }>();

function heldOf(device: GPUDevice): Held {
  let held = ofDevices.get(device);
  if (!held) ofDevices.set(device, (held = { bytes: 0, most: Infinity, idle: new Set() }));
  return held;
}

/** The one way to a buffer. */
export function makeBuffer(device: GPUDevice, descriptor: GPUBufferDescriptor): GPUBuffer {
  const buffer = device.createBuffer(descriptor);
  const held = heldOf(device);
  const { size } = descriptor;
  ofBuffers.set(buffer, { held, size });
  held.bytes += size;
  return buffer;
}

/** Destroys a buffer of makeBuffer; one that is freed already is left alone. */
export function freeBuffer(buffer: GPUBuffer): void {
  const known = ofBuffers.get(buffer);
  if (!known) return;
  ofBuffers.delete(buffer);
  known.held.bytes -= known.size;
  buffer.destroy();
}

/** Bytes of all buffers that a device has now. */
export const heldBytes = (device: GPUDevice): number => heldOf(device).bytes;

/** Sets how many bytes the buffers of a device may take together. */
export function limitHeld(device: GPUDevice, most: number): void {
  heldOf(device).most = most;
}

/** `giveBack` is called when others need room; what is in use at that moment it must leave. */
export function holdsIdly(device: GPUDevice, giveBack: () => void): void {
  heldOf(device).idle.add(giveBack);
}

/** Bytes that may still be taken; Infinity without a limit. Where those are fewer than `wanted`, what lies idle is given back first. */
export function roomOn(device: GPUDevice, wanted = 0): number {
  const held = heldOf(device);
  if (held.most - held.bytes < wanted) for (const giveBack of held.idle) giveBack();
  return held.most - held.bytes;
}

/** Throws StudioError 'gpu-memory' for so many bytes more than may still be taken. `name` needs them: "This run". */
export function refuseBeyond(device: GPUDevice, name: string, bytes: number, way = smaller): void {
  if (bytes <= roomOn(device, bytes)) return;
  const { bytes: others, most } = heldOf(device);
  const beside = others > 0 ? ` beside the ${byteSize(others)} that the studio has in use` : '';
  throw new StudioError(
    'gpu-memory',
    `${name} needs ${byteSize(bytes)} of GPU memory${beside}, the limit is ${byteSize(most)}.`,
    others > 0
      ? `${way} Or end what else computes, delete the ended run or begin another, or choose another limit on the System screen.`
      : way,
  );
}

const smaller = 'Choose a smaller batch, fewer frames or a smaller model.';
