// Average of the features under a box, tubelet by tubelet. See shaders/roi_pool.wgsl.

import source from '../../shaders/roi_pool.wgsl?raw';
import type { Grid } from '../core/grid.ts';
import { StudioError } from '../core/errors.ts';
import { parseKernel } from '../gpu/kernel.ts';
import type { Plan } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { fold } from './fold.ts';

const kernel = parseKernel('roi_pool', source);

/** Smallest side of a box within the frame, in tokens: f32 tells its ends apart well enough. */
const smallest = 1 / 16;

/**
 * x (clips · N, C) frozen features, boxes (rows · t, 4) = left, top, right, bottom in tokens, owner (rows, 1) the clip of
 * every row → (rows, C).
 */
export function roiPool(plan: Plan, x: Tensor, boxes: Tensor, owner: Tensor, { t, h, w }: Grid, name: string): Tensor {
  // the encoder is frozen in detection, so no gradient has anywhere to go
  if (x.needsGradient) throw new StudioError('internal', `${name}: boxes are read from frozen features only`);
  const out = plan.activation(name, owner.rows, x.cols);
  plan.dispatch({
    label: name,
    kernel,
    entry: 'roi_pool',
    bind: { x, boxes, owner, out },
    dims: { rows: owner.rows, C: x.cols, t, h, w },
    grid: (size) => fold(Math.ceil((size(owner.rows) * x.cols) / 64)),
  });
  return out;
}

/**
 * Boxes in shares of the frame → in tokens. Refuses those of which less than a sixteenth of a token lies within the frame.
 */
export function boxesInTokens(boxes: ArrayLike<number>, { h, w }: Grid): Float32Array<ArrayBuffer> {
  const out = new Float32Array(boxes.length);
  for (let at = 0; at < boxes.length; at += 4) {
    for (let k = 0; k < 4; k++) out[at + k] = boxes[at + k] * (k % 2 ? h : w);
    const across = Math.min(out[at + 2], w) - Math.max(out[at], 0);
    const down = Math.min(out[at + 3], h) - Math.max(out[at + 1], 0);
    if (!(across >= smallest && down >= smallest))
      throw new StudioError(
        'config',
        `box ${at / 4} reaches from (${boxes[at]}, ${boxes[at + 1]}) to (${boxes[at + 2]}, ${boxes[at + 3]}) of the frame; ` +
          `of that ${across.toFixed(2)} × ${down.toFixed(2)} tokens lie within it, at least ${smallest} each way are needed`,
        'Leave the box out, or give left, top, right and bottom in shares of the frame.',
      );
  }
  return out;
}
