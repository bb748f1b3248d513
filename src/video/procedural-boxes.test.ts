import { describe, expect, test } from 'vitest';
import { overlap } from '../core/boxes.ts';
import { directionNames, drawProceduralClip, pairLabels, proceduralLabels, type Scene } from './procedural.ts';
import { proceduralBoxes, tubeletBoxes } from './procedural-boxes.ts';
import { shapeNames } from './shapes.ts';

const side = 96;
const grey = 115;

/** Pixels that are not background, as columns and rows. */
function drawnPixels(seed: number, index: number, frame: number, scene: Scene): [number, number][] {
  const { rgb } = drawProceduralClip(seed, index, { frames: 1, start: frame, side, scene, noise: 0 });
  const pixels: [number, number][] = [];
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const at = (y * side + x) * 3;
      // a tenth of the cover between grey and body: the outermost pixels are only touched
      if ([0, 1, 2].some((k) => Math.abs(rgb[at + k] - grey) > 8)) pixels.push([x, y]);
    }
  return pixels;
}

/** Centre of a pixel, on the turn of the torus that is nearest to the box. */
const near = (v: number, low: number, high: number) => {
  const centre = (v + 0.5) / side;
  return centre + Math.round((low + high) / 2 - centre);
};

describe('boxes of drawn bodies', () => {
  test.each<Scene>(['motion', 'pair'])('%s: hold all that is drawn, and touch it on all four sides', (scene) => {
    const shapes = new Set<string>();
    let edges = 0;
    for (let index = 0; index < 24; index++)
      for (const frame of [0, 13, 37]) {
        const boxes = proceduralBoxes(4, index, frame, scene);
        expect(boxes).toHaveLength(scene === 'pair' ? 2 : 1);
        const pixel = 1 / side;
        const inside = boxes.map(([x0, y0, x1, y1]) =>
          drawnPixels(4, index, frame, scene)
            .map(([x, y]): [number, number] => [near(x, x0, x1), near(y, y0, y1)])
            .filter(([x, y]) => x > x0 - pixel && x < x1 + pixel && y > y0 - pixel && y < y1 + pixel),
        );
        // every pixel lies in a box
        const all = drawnPixels(4, index, frame, scene).length;
        const apart = boxes.length === 1 || farApart(boxes[0], boxes[1]);
        const counted = inside.reduce((n, p) => n + p.length, 0);
        if (apart) expect(counted, `${scene} ${index} ${frame}`).toBe(all);
        else expect(counted).toBeGreaterThanOrEqual(all);
        if (!apart) continue;
        boxes.forEach(([x0, y0, x1, y1], b) => {
          const label = `${scene} ${index} ${frame} ${b} ${pairLabels(4, index)[b].shape}`;
          const [xs, ys] = [inside[b].map(([x]) => x), inside[b].map(([, y]) => y)];
          // corners of turned shapes are softened away by a pixel or so
          const ends = [Math.min(...xs) - x0, Math.min(...ys) - y0, x1 - Math.max(...xs), y1 - Math.max(...ys)];
          for (const end of ends) expect(end, label).toBeLessThan(2.5 * pixel);
          shapes.add(pairLabels(4, index)[b].shape);
          edges += 4;
        });
      }
    expect(shapes.size).toBe(4);
    expect(edges).toBeGreaterThan(100);
  });

  test('a disc by hand: its centre moves by its speed, its sides are 0.95 radii away', () => {
    const index = Array.from({ length: 8 }, (_, i) => i).find((i) => {
      const l = proceduralLabels(2, i);
      return l.shape === 'disc' && l.direction.includes(' ');
    })!;
    const { speed, direction } = proceduralLabels(2, index);
    const way = { slow: 1 / 80, medium: 1 / 40, fast: 1 / 20 }[speed]! * Math.SQRT1_2;
    const centre = (frame: number) => {
      const [[x0, y0, x1, y1]] = proceduralBoxes(2, index, frame, 'motion');
      expect(x1 - x0).toBeCloseTo(y1 - y0, 12);
      // radii are 0.16 to 0.22
      expect(x1 - x0).toBeGreaterThan(2 * 0.95 * 0.16);
      expect(x1 - x0).toBeLessThan(2 * 0.95 * 0.22);
      return [(x0 + x1) / 2, (y0 + y1) / 2];
    };
    const [a, b] = [centre(3), centre(5)];
    const moved = [0, 1].map((k) => b[k] - a[k] - Math.round(b[k] - a[k]));
    expect(moved[0]).toBeCloseTo(2 * way * (direction.includes('right') ? 1 : -1), 12);
    expect(moved[1]).toBeCloseTo(2 * way * (direction.includes('down') ? 1 : -1), 12);
  });

  test('of a meeting: both bodies, always as far from where they meet', () => {
    // the box of a square has its centre in the middle
    const index = [0, 1, 2, 3].find((i) => proceduralLabels(4, i, 'meeting').shape === 'square')!;
    const sums = Array.from({ length: 60 }, (_, frame) => {
      const [body, other] = proceduralBoxes(4, index, frame, 'meeting');
      const centre = (k: number) => (body[k] + body[k + 2] + other[k] + other[k + 2]) / 2;
      return [centre(0), centre(1)];
    });
    for (const [x, y] of sums)
      for (const off of [x - sums[0][0], y - sums[0][1]]) expect(off - Math.round(off)).toBeCloseTo(0, 9);
  });
});

/** Boxes whose surroundings do not touch, on any turn of the torus. */
function farApart(a: readonly number[], b: readonly number[]): boolean {
  const margin = 4 / side;
  for (const dx of [-1, 0, 1])
    for (const dy of [-1, 0, 1])
      if (
        overlap(
          [a[0] - margin, a[1] - margin, a[2] + margin, a[3] + margin],
          [b[0] + dx - margin, b[1] + dy - margin, b[2] + dx + margin, b[3] + dy + margin],
        ) > 0
      )
        return false;
  return true;
}

describe('a pair', () => {
  test('every shape and direction is equally frequent in both bodies, and neither tells that of the other', () => {
    const clips = 3200;
    const labels = Array.from({ length: clips }, (_, i) => pairLabels(6, i));
    expect(labels[17][0]).toEqual(proceduralLabels(6, 17, 'pair'));
    const axes = [
      ['shape', shapeNames],
      ['direction', directionNames],
    ] as const;
    const columns = [0, 1].flatMap((body) => axes.map(([axis, names]) => ({ body, axis, names })));
    for (const { body, axis, names } of columns)
      for (const name of names) expect(labels.filter((l) => l[body][axis] === name)).toHaveLength(clips / names.length);
    columns.forEach((a, i) =>
      columns.slice(i + 1).forEach((b) => {
        const expected = clips / (a.names.length * b.names.length);
        let chi = 0;
        for (const x of a.names)
          for (const y of b.names)
            chi +=
              (labels.filter((l) => l[a.body][a.axis] === x && l[b.body][b.axis] === y).length - expected) ** 2 /
              expected;
        const freedom = (a.names.length - 1) * (b.names.length - 1);
        expect(chi, `${a.axis} ${a.body}, ${b.axis} ${b.body}`).toBeLessThan(freedom + 6 * Math.sqrt(2 * freedom));
      }),
    );
  });
});

test('boxes of a clip: the middle frame of every tubelet, in shares of the square that is seen', () => {
  const frames = [0, 3, 6, 9];
  const boxes = tubeletBoxes(4, 2, frames, 2, 'pair'); // (2, 2, 4)
  expect(boxes).toHaveLength(16);
  const at = (body: number, k: number) => boxes.subarray((body * 2 + k) * 4, (body * 2 + k + 1) * 4);
  for (const body of [0, 1])
    [3, 9].forEach((frame, k) =>
      expect(at(body, k)).toEqual(Float32Array.from(proceduralBoxes(4, 2, frame, 'pair')[body])),
    );
  // half of the frame is seen: a quarter from the edge becomes the edge
  const zoomed = tubeletBoxes(4, 2, frames, 2, 'pair', 0.5);
  boxes.forEach((v, i) => expect(zoomed[i]).toBeCloseTo(2 * v - 0.5, 5));
});
