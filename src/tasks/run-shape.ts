// What a config fixes before anything runs: the shape of its step, and the networks it asks for.

import { gridOf, lossExponent, type RunConfig } from '../core/config.ts';
import { tokenCount } from '../core/grid.ts';
import type { layoutArena } from '../gpu/arena.ts';
import { tokenBounds } from '../mask/bounds.ts';
import { type NetworkArenas, networkArenas } from '../model/initialise.ts';
import { clipShape } from '../model/pack.ts';
import type { StepShape } from '../train/step.ts';

/** Shape of the step that a config asks for. */
export function stepShape(c: RunConfig): StepShape {
  const m = c.model;
  const clips = c.batchSize * c.data.numClips;
  const bounds = c.masks.map((mask) => tokenBounds(mask, gridOf(m)));
  return {
    encoder: { depth: m.depth, heads: m.heads, shape: clipShape(m) },
    predictor: { depth: m.predDepth, heads: m.predHeads },
    dim: m.dim,
    tokens: tokenCount(gridOf(m)),
    clips,
    sets: c.masks.length,
    mostContext: bounds.reduce((n, b) => n + b.context * clips, 0),
    mostTarget: bounds.reduce((n, b) => n + b.target * clips, 0),
    target: c.loss.target,
    exponent: lossExponent(c.loss),
    regCoeff: c.loss.regCoeff,
    sigreg: c.loss.sigreg,
    sigregSlices: c.loss.sigregSlices,
    sigregTokens: c.loss.sigregTokens,
    betas: c.optim.betas,
    eps: c.optim.eps,
  };
}

/** The networks that a config asks for, made by `make`: laid out only, or with memory. */
export const runArenas = (c: RunConfig, make: typeof layoutArena): NetworkArenas =>
  networkArenas(c.model, c.masks.length, make, c.loss.target);
