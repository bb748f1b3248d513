// A run that is looked at, without training: at every step, and after every beginning, it has other weights. Random weights
// are always the same.

import { preset } from '../core/presets.ts';
import { createArenas } from '../gpu/arena.ts';
import { initialiseNetworks } from '../model/initialise.ts';
import type { RunWeights } from '../protocol/looking.ts';
import type { Event } from '../protocol/messages.ts';
import { runArenas } from '../tasks/run-shape.ts';
import { Library } from '../worker/library.ts';
import { likely, testPipelines } from './check-operation.ts';

export async function lookedAt() {
  const config = preset('nano');
  config.batchSize = 1;
  config.model = {
    ...config.model,
    crop: 24,
    frames: 4,
    dim: 32,
    depth: 2,
    heads: 2,
    predDim: 16,
    predDepth: 1,
    predHeads: 2,
  };
  const events: Event[] = [];
  const library = new Library(() => {});
  const ids = Array.from({ length: 4 }, (_, i) => library.drawn(7, i));
  const pipelines = await testPipelines();
  const run = { begun: 0, step: 0 };
  const networks = async (seed: number) => {
    const nets = await createArenas(pipelines.device, 'a test', (create) =>
      runArenas(config, (label, specs) => create(label, specs, false)),
    );
    await initialiseNetworks(pipelines.device, nets, config.model, seed);
    return nets;
  };
  let copies = 0;
  return {
    post: (event: Event) => void events.push(event),
    events,
    config,
    library,
    ids,
    run,
    copies: () => copies,
    gpu: {
      use: () => Promise.resolve({ pipelines, open: undefined as never }),
      variant: () => likely,
    },
    training: {
      place: () => ({ config, ...run }),
      networks: async (_: string, weights: RunWeights) => {
        copies++;
        const reached = { ...run };
        const nets = await networks(weights === 'random' ? 0 : run.step + 1000 * run.begun);
        return { nets, config, ...reached };
      },
    },
    /** the newest event of a type */
    last: <T extends Event['type']>(type: T) => {
      const found = events.findLast((event) => event.type === type);
      if (found?.type !== type) throw new Error(`no ${type} was told`);
      return found as Extract<Event, { type: T }>;
    },
  };
}
