// GPU memory of a run's health checks, before they are made ready.

import type { RunConfig } from '../core/config.ts';
import type { Variant } from '../core/variant.ts';
import { checkSizes } from '../core/health-sizes.ts';
import { layoutArena } from '../gpu/arena.ts';
import { errorPassMemory } from '../train/error-pass.ts';
import { readingMemory } from '../train/features.ts';
import { threePasses } from '../train/meaning.ts';
import { stagingBytes } from '../train/snapshot.ts';
import { runArenas, stepShape } from './run-shape.ts';

/** GPU bytes of a check beside its run: readers of both encoders, the passes of the tests of meaning and, `withTwin`, the random
 * weights of the first check. Nothing is allocated. */
export function healthMemory(c: RunConfig, variant: Variant, withTwin: boolean): number {
  const nets = runArenas(c, layoutArena);
  const { together } = checkSizes(c);
  const twin = withTwin ? (nets.encoder.size + nets.predictor.size + nets.target.size) * 4 : 0;
  const readers =
    readingMemory(nets.encoder, c.model, together, variant) + readingMemory(nets.target, c.model, together, variant);
  return twin + readers + errorPassMemory(nets, threePasses(stepShape(c), together), variant) + stagingBytes;
}
