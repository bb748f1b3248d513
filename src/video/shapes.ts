// The bodies of drawn clips: signed distances and surface patterns in units of the body's radius.
// Only add, multiply, divide and square root are used, which IEEE 754 rounds the same everywhere,
// so a clip has the same bytes in every engine.

export const shapeNames = ['disc', 'square', 'triangle', 'cross'] as const;
export const textureNames = ['half', 'stripes', 'quarters', 'spot'] as const;
export type Shape = (typeof shapeNames)[number];
export type Texture = (typeof textureNames)[number];

/** Turns are counted in steps of 6 degrees: a table of 60 exact angles instead of sin and cos. */
export const turnSteps = 60;

const cos6 = 0.9945218953682733;
const sin6 = 0.10452846326765347;

/** [cos, sin] of k · 6 degrees, k in [0, 60). */
export const turns: readonly (readonly [number, number])[] = (() => {
  const table: [number, number][] = [];
  let x = 1;
  let y = 0;
  for (let k = 0; k < turnSteps; k++) {
    table.push([x, y]);
    [x, y] = [x * cos6 - y * sin6, x * sin6 + y * cos6];
  }
  return table;
})();

const length = (u: number, v: number): number => Math.sqrt(u * u + v * v);

/** Distance of (u, v) to the outline, negative inside. Areas are alike, so that size does not tell the shape. */
export function distanceTo(shape: Shape, u: number, v: number): number {
  const au = Math.abs(u);
  const av = Math.abs(v);
  switch (shape) {
    case 'disc':
      return length(u, v) - 0.95;
    case 'square':
      return Math.max(au, av) - 0.84;
    case 'triangle':
      // equilateral, inradius 0.74
      return Math.max(v, -0.5 * v + 0.8660254037844386 * au) - 0.74;
    case 'cross':
      return Math.min(Math.max(au - 1.05, av - 0.43), Math.max(av - 1.05, au - 0.43));
  }
  return shape satisfies never;
}

const edge = (distance: number): number => (distance < -0.5 ? 0 : distance > 0.5 ? 1 : distance + 0.5);

/**
 * How dark the surface is at (u, v), 0 to 1; `radius` in pixels makes the edges one pixel soft.
 * No pattern looks the same after less than half a turn, so the sense of rotation is visible on a disc too.
 */
export function darkness(texture: Texture, u: number, v: number, radius: number): number {
  switch (texture) {
    case 'half':
      return edge(u * radius);
    case 'stripes': {
      const cell = u * 1.6 + 0.25;
      const inside = Math.abs(cell - Math.floor(cell) - 0.5) - 0.25;
      return edge((inside * radius) / 1.6);
    }
    case 'quarters': {
      const a = edge(u * radius);
      const b = edge(v * radius);
      return a * b + (1 - a) * (1 - b);
    }
    case 'spot':
      return edge((0.32 - length(u - 0.38, v)) * radius);
  }
  return texture satisfies never;
}
