// Tubelets of kept tokens as rows (im2col of the patch embedding). See shaders/patches.wgsl.

import source from '../../shaders/patches.wgsl?raw';
import { parseKernel } from '../gpu/kernel.ts';
import type { Lookup, Plan } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { fold } from './fold.ts';

const kernel = parseKernel('patches', source);

/** Sizes of the clips in pixels and frames. */
export interface ClipShape {
  frames: number;
  height: number;
  width: number;
  tubelet: number;
  patch: number;
}

/** clips (B, 3 · T · H · W), tokens (n, 2) = clip and token index → rows (n, 3 · tubelet · patch²). */
export function patches(plan: Plan, clips: Tensor, tokens: Tensor, shape: ClipShape, name: string): Tensor {
  const V = 3 * shape.tubelet * shape.patch * shape.patch;
  const rows = plan.activation(name, tokens.rows, V, [clips]);
  const dims = {
    n: tokens.rows,
    T: shape.frames,
    S_y: shape.height,
    S_x: shape.width,
    tubelet: shape.tubelet,
    patch_size: shape.patch,
    add: 0,
  };
  const grid = (size: Lookup): [number, number] => fold(Math.ceil((size(tokens.rows) * V) / 64));
  plan.dispatch({ label: name, kernel, entry: 'forward', bind: { clip: clips, tokens, rows }, dims, grid });
  // training never asks for it: the official numbers have the gradient of pixels too, and it is held against them
  plan.onBackward(rows, () => {
    // Tokens that were not kept have no gradient: the first writer must cover the whole clip, later ones add.
    const { gradient, accumulate } = plan.writeGradient(clips);
    plan.dispatch({
      label: `${name} dx`,
      kernel,
      entry: 'backward',
      bind: { tokens, drows: plan.gradientOf(rows), dclip: gradient },
      dims: { ...dims, add: accumulate },
      grid,
    });
  });
  return rows;
}
