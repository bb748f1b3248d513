// Physics pairs for experiments: how often a network is more surprised by the impossible video, property by property.

import type { RunConfig } from '../core/config.ts';
import { createArena, destroyArena } from '../gpu/arena.ts';
import { initialiseNetworks } from '../model/initialise.ts';
import { physicsAccuracy, scorePhysics } from '../tasks/physics.ts';
import { runArenas, stepShape } from '../tasks/pretrain.ts';
import { ErrorMapper } from '../train/error-map.ts';
import type { Networks } from '../train/step.ts';
import { physicsNames, type PhysicsProperty } from '../video/physics.ts';
import type { Tools } from './run.ts';

/** Shares of pairs told right by one network: of all of them, and by property. */
export type PhysicsShares = Record<PhysicsProperty | 'all', number>;

/** Sets of every property, two pairs each. */
export const physicsSets = 8;
/** Networks that were never trained. */
export const untrainedNetworks = 20;
/** Frames between two windows. */
const every = 6;
/** Seeds of untrained networks are far from those of runs. */
const firstUntrained = 70_000;

export async function physicsShares(nets: Networks, c: RunConfig, { pipelines, variant }: Tools): Promise<PhysicsShares> {
  const mapper = await ErrorMapper.create(pipelines, nets, stepShape(c), variant);
  const { signal } = new AbortController();
  const rows = await scorePhysics(mapper, c, { sets: physicsSets, every, signal, onProgress: () => {} });
  mapper.destroy();
  const of = (property: PhysicsProperty) => physicsAccuracy(rows.filter((r) => r.property === property)).accuracy;
  const [permanence, continuity, bounce, colour] = physicsNames.map(of);
  return { permanence, continuity, bounce, colour, all: physicsAccuracy(rows).accuracy };
}

/** The same for networks of this config that were never trained, each with weights of its own. */
export async function untrainedShares(c: RunConfig, tools: Tools): Promise<PhysicsShares[]> {
  const all: PhysicsShares[] = [];
  for (let k = 0; k < untrainedNetworks; k++) {
    const { device } = tools.pipelines;
    const nets = runArenas(c, (label, specs) => createArena(device, `untrained ${label}`, specs, false));
    initialiseNetworks(device, nets, c.model, firstUntrained + k);
    const shares = await physicsShares(nets, c, tools);
    for (const arena of Object.values(nets)) destroyArena(arena);
    tools.log(`untrained network ${k}: ${(shares.all * 100).toFixed(1)} % of physics pairs`);
    all.push(shares);
  }
  return all;
}
