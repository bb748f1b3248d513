// The three networks of a run as a checkpoint has them, for being looked at beside what the run is now.

import type { RunConfig } from '../core/config.ts';
import { createArenas, destroyArena } from '../gpu/arena.ts';
import { type NamedTensor, writeSnapshot } from '../train/snapshot.ts';
import type { Networks } from '../train/step.ts';
import { runArenas } from './run-shape.ts';

/** Frozen networks with the weights of a checkpoint of `c`; its moments are left out. They are the asker's own and have to be
 * freed. Throws StudioError 'format' unless the tensors are those of the networks, and 'gpu-memory'. */
export async function savedNetworks(
  device: GPUDevice,
  c: RunConfig,
  tensors: ReadonlyMap<string, NamedTensor>,
): Promise<Networks> {
  const nets = await createArenas(device, 'the networks of a checkpoint', (create) =>
    runArenas(c, (label, specs) => create(`saved ${label}`, specs, false)),
  );
  try {
    writeSnapshot(device, nets, new Map([...tensors].filter(([name]) => !name.startsWith('optimizer.'))));
    return nets;
  } catch (error) {
    for (const arena of Object.values(nets)) destroyArena(arena);
    throw error;
  }
}
