// Exact boxes of drawn bodies: left, top, right and bottom of their outline, in shares of the frame. Where a body leaves the
// torus on one side and enters on the other, its box is where its centre is, and reaches over the edge of the frame.

import type { Box } from '../core/boxes.ts';
import { modulo } from './drawing.ts';
import { type BodyPlace, proceduralPlaces, type Scene } from './procedural.ts';
import { type Shape, turns } from './shapes.ts';

/** Corners of the outlines in `distanceTo` of shapes.ts, in radii; only their hull matters for a box. */
const corners: Record<Exclude<Shape, 'disc'>, readonly (readonly [number, number])[]> = {
  square: [
    [0.84, 0.84],
    [-0.84, 0.84],
    [0.84, -0.84],
    [-0.84, -0.84],
  ],
  // equilateral with inradius 0.74: the tip at twice that, half a side √3 times it
  triangle: [
    [0, -1.48],
    [0.74 * Math.sqrt(3), 0.74],
    [-0.74 * Math.sqrt(3), 0.74],
  ],
  cross: [1.05, -1.05].flatMap((far) => [
    [far, 0.43] as const,
    [far, -0.43] as const,
    [0.43, far] as const,
    [-0.43, far] as const,
  ]),
};

const discRadius = 0.95;

function boxOf({ shape, radius, angle, x, y }: BodyPlace, torus: boolean): Box {
  const [cx, cy] = torus ? [modulo(x, 1), modulo(y, 1)] : [x, y];
  if (shape === 'disc') {
    const r = discRadius * radius;
    return [cx - r, cy - r, cx + r, cy + r];
  }
  const [c, s] = turns[angle];
  const across = corners[shape].map(([u, v]) => u * c - v * s);
  const down = corners[shape].map(([u, v]) => u * s + v * c);
  return [
    cx + radius * Math.min(...across),
    cy + radius * Math.min(...down),
    cx + radius * Math.max(...across),
    cy + radius * Math.max(...down),
  ];
}

/** Boxes of all bodies of a frame, the labelled one first: two in the scenes meeting and pair. */
export const proceduralBoxes = (seed: number, index: number, frame: number, scene: Scene): Box[] =>
  proceduralPlaces(seed, index, frame, scene).map((place) => boxOf(place, scene !== 'screen'));

/**
 * Boxes of a clip for its tubelets, (bodies, t, 4): each as it is in the middle frame of the tubelet. frames: numbers of the
 * frames that the clip is made of. `seen`: side of the centred square that the clip shows, as a share of the frame; the
 * boxes are in shares of that square.
 */
export function tubeletBoxes(
  seed: number,
  index: number,
  frames: readonly number[],
  tubelet: number,
  scene: Scene,
  seen = 1,
): Float32Array<ArrayBuffer> {
  const t = Math.ceil(frames.length / tubelet);
  const middles = Array.from({ length: t }, (_, k) => frames[k * tubelet + Math.floor(tubelet / 2)]);
  const byTubelet = middles.map((frame) => proceduralBoxes(seed, index, frame, scene)); // (t, bodies)
  const bodies = byTubelet[0].length;
  const out = new Float32Array(bodies * t * 4);
  byTubelet.forEach((boxes, k) =>
    boxes.forEach((box, b) =>
      out.set(
        box.map((v) => (v - 0.5) / seen + 0.5),
        (b * t + k) * 4,
      ),
    ),
  );
  return out;
}
