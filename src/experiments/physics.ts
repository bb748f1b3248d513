// Physics pairs for experiments: how often a network is more surprised by the impossible video, property by property.

import type { RunConfig } from '../core/config.ts';
import { destroyArena } from '../gpu/arena.ts';
import type { PhysicsShares } from '../protocol/looking.ts';
import { physicsShares, scorePhysics, untrainedNetworks } from '../tasks/physics.ts';
import { stepShape } from '../tasks/run-shape.ts';
import { ErrorMapper } from '../train/error-map.ts';
import type { Networks } from '../train/step.ts';
import type { Tools } from './run.ts';

/** Sets of every property, two pairs each. */
const sets = 8;
/** Networks that were never trained. */
const untrained = 20;
/** Frames between two windows. */
const every = 6;

export async function sharesOf(nets: Networks, c: RunConfig, { pipelines, variant }: Tools): Promise<PhysicsShares> {
  const mapper = await ErrorMapper.create(pipelines, nets, stepShape(c), variant);
  const { signal } = new AbortController();
  const rows = await scorePhysics(mapper, c, { sets, every, signal, onProgress: () => {} });
  mapper.destroy();
  return physicsShares(rows);
}

/** The same for networks of this config that were never trained, each with weights of its own. */
export async function untrainedShares(c: RunConfig, tools: Tools): Promise<PhysicsShares[]> {
  const all: PhysicsShares[] = [];
  for (let k = 0; k < untrained; k++) {
    const nets = await untrainedNetworks(tools.pipelines.device, c, k);
    const shares = await sharesOf(nets, c, tools);
    for (const arena of Object.values(nets)) destroyArena(arena);
    tools.log(`untrained network ${k}: ${(shares.all * 100).toFixed(1)} % of physics pairs`);
    all.push(shares);
  }
  return all;
}
