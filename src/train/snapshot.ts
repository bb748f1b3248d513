// Weights and moments of a run under their official names: read from the GPU between two steps, and written back.

import { StudioError } from '../core/errors.ts';
import type { Arena } from '../gpu/arena.ts';
import { freeBuffer, makeBuffer } from '../gpu/held.ts';
import { root, type Tensor } from '../gpu/tensor.ts';
import type { Networks } from './step.ts';

export interface NamedTensor {
  shape: number[];
  data: Float32Array;
}

/** The arrays of a run, each with the words of the official checkpoints (and PyTorch's for AdamW) before its names. */
function parts(nets: Networks): { prefix: string; arena: Arena; whole: Tensor; trainedOnly: boolean }[] {
  const part = (prefix: string, arena: Arena, whole: Tensor, trainedOnly: boolean) => ({
    prefix,
    arena,
    whole,
    trainedOnly,
  });
  const moments = (name: string, arena: Arena) =>
    (arena.moments ?? []).map((m, i) => part(`optimizer.${['exp_avg', 'exp_avg_sq'][i]}.${name}`, arena, m, true));
  return [
    part('encoder', nets.encoder, nets.encoder.weights, false),
    part('predictor', nets.predictor, nets.predictor.weights, false),
    part('target_encoder', nets.target, nets.target.weights, false),
    ...moments('encoder', nets.encoder),
    ...moments('predictor', nets.predictor),
  ];
}

/** Of the buffer that a reader copies through. */
export const stagingBytes = 16 * 2 ** 20;

/** Copies GPU memory through one staging buffer, which is made with the first read and used again. */
export class SnapshotReader {
  readonly #device: GPUDevice;
  #staging: GPUBuffer | null = null;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Every array of the networks. Nothing may be submitted meanwhile. */
  async read(nets: Networks): Promise<Map<string, NamedTensor>> {
    const tensors = new Map<string, NamedTensor>();
    for (const { prefix, arena, whole, trainedOnly } of parts(nets)) {
      const values = new Float32Array(await this.bytes(whole, arena.size * 4));
      for (const p of arena.parameters.values())
        if (p.trained || !trainedOnly)
          tensors.set(`${prefix}.${p.name}`, { shape: p.shape, data: values.subarray(p.offset, p.offset + p.size) });
    }
    return tensors;
  }

  async bytes(tensor: Tensor, size: number): Promise<ArrayBuffer> {
    const { place, name } = root(tensor);
    if (!place) throw new StudioError('internal', `${name} has no memory`);
    const piece = stagingBytes;
    const staging = (this.#staging ??= makeBuffer(this.#device, {
      label: 'snapshot',
      size: piece,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    }));
    const out = new Uint8Array(size);
    for (let at = 0; at < size; at += piece) {
      const length = Math.min(piece, size - at);
      const encoder = this.#device.createCommandEncoder();
      encoder.copyBufferToBuffer(place.buffer, place.offset + at, staging, 0, length);
      this.#device.queue.submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ, 0, length);
      out.set(new Uint8Array(staging.getMappedRange(0, length)), at);
      staging.unmap();
    }
    return out.buffer;
  }

  destroy(): void {
    if (this.#staging) freeBuffer(this.#staging);
    this.#staging = null;
  }
}

/** Throws StudioError 'format' unless the tensors are those of the networks, no more and no less. */
export function checkTensors(nets: Networks, tensors: Map<string, NamedTensor>): void {
  const refuse = (what: string): never => {
    throw new StudioError('format', `The weights do not fit their settings: ${what}.`, 'Choose another checkpoint.');
  };
  const left = new Set(tensors.keys());
  for (const { prefix, arena, trainedOnly } of parts(nets))
    for (const p of arena.parameters.values()) {
      if (trainedOnly && !p.trained) continue;
      const name = `${prefix}.${p.name}`;
      const found = tensors.get(name);
      if (!found) return refuse(`${name} is missing`);
      const spelled = (shape: number[]) => `(${shape.join(', ')})`;
      if (spelled(found.shape) !== spelled(p.shape))
        refuse(`${name} has the shape ${spelled(found.shape)}, the model needs ${spelled(p.shape)}`);
      left.delete(name);
    }
  for (const name of left) refuse(`${name} belongs to another architecture`);
}

/** Puts the tensors into the networks' memory, once all of them are known to fit. */
export function writeSnapshot(device: GPUDevice, nets: Networks, tensors: Map<string, NamedTensor>): void {
  checkTensors(nets, tensors);
  for (const { prefix, arena, whole, trainedOnly } of parts(nets)) {
    const values = new Float32Array(arena.size); // the gaps hold zeros
    for (const p of arena.parameters.values())
      if (p.trained || !trainedOnly) values.set(tensors.get(`${prefix}.${p.name}`)!.data, p.offset);
    device.queue.writeBuffer(whole.place!.buffer, whole.place!.offset, values);
  }
}
