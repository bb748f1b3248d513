// Which token lies in front at a point of the cube: seen from the front, from the right and from behind, whole and with
// kinds or slices taken away. From straight ahead the cube is a square of 96 % of the canvas.

import { describe, expect, it } from 'vitest';
import type { CubeView } from '../store/lab.ts';
import { paintCube, tokenAt } from './cube-paint.ts';

const size = 1000;
const grid = { t: 2, h: 3, w: 4 };
const front: CubeView = { yaw: 0, pitch: 0, explode: 0, slice: 'none', shown: [true, true, true] };

/** Takes every call and paints nothing. */
const canvas = new Proxy({}, { get: () => () => undefined, set: () => true }) as CanvasRenderingContext2D;

function hits(view: CubeView, kinds = new Uint8Array(24).fill(1), at = { t: 0, y: 0, x: 0 }) {
  const picture = paintCube(canvas, size, { grid, kinds, pictures: [], at }, view);
  return (column: number, row: number, columns = 4, rows = 3) =>
    tokenAt(picture, size * (0.02 + (0.96 * (column + 0.5)) / columns), size * (0.02 + (0.96 * (row + 0.5)) / rows));
}

describe('the cube', () => {
  it('shows tubelet 0 from the front', () => {
    const hit = hits(front);
    for (let row = 0; row < 3; row++)
      for (let column = 0; column < 4; column++) expect(hit(column, row)).toBe(4 * row + column);
  });

  it('shows tubelet 1 mirrored from behind', () => {
    const hit = hits({ ...front, yaw: Math.PI });
    expect(hit(0, 0)).toBe(12 + 3);
    expect(hit(3, 2)).toBe(12 + 8);
  });

  it('shows the last column of both tubelets from the right', () => {
    // the side is 0.9 deep and 1 high: as high as the canvas allows, so 0.9 of that across
    const hit = hits({ ...front, yaw: Math.PI / 2 });
    const across = 0.9;
    for (let row = 0; row < 3; row++) {
      expect(hit((0.5 - across / 4) * 4 - 0.5, row)).toBe(4 * row + 3);
      expect(hit((0.5 + across / 4) * 4 - 0.5, row)).toBe(12 + 4 * row + 3);
    }
  });

  it('shows what lies behind a kind that is taken away', () => {
    const kinds = new Uint8Array(24).fill(1);
    kinds[5] = 2; // tubelet 0, row 1, column 1
    const hit = hits({ ...front, shown: [true, true, false] }, kinds);
    expect(hit(1, 1)).toBe(12 + 5);
    expect(hit(0, 1)).toBe(4);
  });

  it('is cut open at the cursor', () => {
    expect(hits({ ...front, slice: 't' }, undefined, { t: 1, y: 0, x: 0 })(2, 1)).toBe(12 + 6);
    // nothing beside it is hit
    expect(hits(front)(-1, 1)).toBeNull();
  });
});
