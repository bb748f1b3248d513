// Which buffers a device has made and not destroyed, and pipelines that fail when a test wants them to.

import { vi } from 'vitest';
import { StudioError } from '../core/errors.ts';
import type { PipelineCache } from '../gpu/kernel.ts';

export interface WatchedBuffers {
  /** labels of all that were made */
  made: string[];
  /** labels of those that are still there */
  alive: () => string[];
}

/** Watches from now on, and lets WebGPU refuse buffers of some labels, as too large; vi.restoreAllMocks ends it. */
export function watchBuffers(device: GPUDevice, refused: (label: string) => boolean = () => false): WatchedBuffers {
  const there = new Map<GPUBuffer, string>();
  const made: string[] = [];
  const create = device.createBuffer.bind(device);
  vi.spyOn(device, 'createBuffer').mockImplementation((descriptor) => {
    const { label = '' } = descriptor;
    const buffer = create(refused(label) ? { ...descriptor, size: 2 * device.limits.maxBufferSize } : descriptor);
    made.push(label);
    there.set(buffer, label);
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      there.delete(buffer);
      destroy();
    };
    return buffer;
  });
  return { made, alive: () => [...there.values()] };
}

/** The same pipelines, refused from the moment that so many programs have been made. */
export function failingAfter(programs: number, pipelines: PipelineCache, { made }: WatchedBuffers): PipelineCache {
  const get: PipelineCache['get'] = (key) =>
    made.filter((label) => label === 'dims').length < programs
      ? pipelines.get(key)
      : Promise.reject(new StudioError('shader', 'refused by the test'));
  return { device: pipelines.device, get } as PipelineCache;
}
