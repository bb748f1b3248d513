// The brush of drawn clips: bodies with soft edges and pixel noise, on RGB bytes (S, S, 3).
// The arithmetic is exact IEEE 754 and integer hashing, so every engine draws the same bytes.

import { darkness, distanceTo, turns, type Shape, type Texture } from './shapes.ts';

/** a mod n in [0, n), also for negative a. */
export const modulo = (a: number, n: number): number => a - n * Math.floor(a / n);

export type Rgb = readonly [number, number, number];

export interface Body {
  shape: Shape;
  texture: Texture;
  light: Rgb;
  dark: Rgb;
  radius: number;
  /** step of 6 degrees */
  angle: number;
}

/** Draws a body with its centre at (x, y) side lengths; on a torus it wraps round all four edges. */
export function drawBody(
  picture: Uint8ClampedArray,
  side: number,
  body: Body,
  x: number,
  y: number,
  torus: boolean,
): void {
  const radius = body.radius * side;
  const [c, s] = turns[body.angle];
  const cx = (torus ? modulo(x, 1) : x) * side;
  const cy = (torus ? modulo(y, 1) : y) * side;
  // the far corners of square and cross lie 1.2 radii from the centre, those of the triangle 1.48
  const reach = radius * 1.5 + 1;
  const [left, right] = [Math.floor(cx - reach), Math.ceil(cx + reach)];
  const [top, bottom] = [Math.floor(cy - reach), Math.ceil(cy + reach)];
  for (let py = top; py < bottom; py++) {
    if (!torus && (py < 0 || py >= side)) continue;
    const row = modulo(py, side) * side;
    const dy = py + 0.5 - cy;
    for (let px = left; px < right; px++) {
      if (!torus && (px < 0 || px >= side)) continue;
      const dx = px + 0.5 - cx;
      const u = (dx * c + dy * s) / radius;
      const v = (dy * c - dx * s) / radius;
      const inside = 0.5 - distanceTo(body.shape, u, v) * radius;
      if (inside <= 0) continue;
      const cover = inside < 1 ? inside : 1;
      const shade = darkness(body.texture, u, v, radius);
      const at = (row + modulo(px, side)) * 3;
      for (let k = 0; k < 3; k++) {
        const colour = body.light[k] + (body.dark[k] - body.light[k]) * shade;
        picture[at + k] += (colour - picture[at + k]) * cover;
      }
    }
  }
}

/** `tone` with a share of the hue. */
export const tint = (hue: Rgb, share: number, tone: number): Rgb => [
  tone + (hue[0] - tone) * share,
  tone + (hue[1] - tone) * share,
  tone + (hue[2] - tone) * share,
];

/** Sum of two uniform five-bit numbers, standard deviation 1: smooth enough for noise, and the same everywhere. */
const noiseTable = Float32Array.from({ length: 1024 }, (_, i) => ((i & 31) + (i >> 5) - 31) / 13.0576);

/** Adds noise of this standard deviation (in levels of 255); `start` chooses the pattern. */
export function addNoise(picture: Uint8ClampedArray, deviation: number, start: number): void {
  for (let i = 0, at = 0; at < picture.length; i++, at += 3) {
    // lowbias32 (Chris Wellons): one hash gives three channels of ten bits
    let h = (i + start) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
    h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
    h ^= h >>> 16;
    picture[at] += noiseTable[h & 1023] * deviation;
    picture[at + 1] += noiseTable[(h >>> 10) & 1023] * deviation;
    picture[at + 2] += noiseTable[(h >>> 20) & 1023] * deviation;
  }
}
