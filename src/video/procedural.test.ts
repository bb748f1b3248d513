import { describe, expect, test } from 'vitest';
import {
  colourNames,
  directionNames,
  drawProceduralClip,
  meetingNames,
  proceduralLabels,
  rotationNames,
  screenNames,
  speedNames,
  type ProceduralOptions,
} from './procedural.ts';
import { shapeNames, textureNames } from './shapes.ts';

const side = 48;
const clean = { frames: 64, side, noise: 0 } as const;
const axes: Record<string, readonly string[]> = {
  shape: shapeNames,
  colour: colourNames,
  texture: textureNames,
  direction: directionNames,
  speed: speedNames,
  rotation: rotationNames,
};

/** Where the bright body is in each frame: bright pixels, their centre on the torus, and that of their dark part. */
function bodies(index: number, options: Partial<ProceduralOptions> = {}) {
  const { rgb, labels } = drawProceduralClip(11, index, { ...clean, ...options });
  const circular = (sum: [number, number]) => Math.atan2(sum[1], sum[0]) / (2 * Math.PI);
  const frames = Array.from({ length: clean.frames }, (_, t) => {
    const at = {
      all: [
        [0, 0],
        [0, 0],
      ],
      dark: [
        [0, 0],
        [0, 0],
      ],
    } as Record<string, [number, number][]>;
    let pixels = 0;
    let border = false;
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const value = rgb[((t * side + y) * side + x) * 3 + 1];
        // grey is 115, the body at least 140, everything else darker than grey
        if (value < 135) continue;
        pixels++;
        border ||= x === 0 || y === 0 || x === side - 1 || y === side - 1;
        for (const part of value < 190 ? ['all', 'dark'] : ['all'])
          [x, y].forEach((v, axis) => {
            at[part][axis][0] += Math.cos(((v + 0.5) / side) * 2 * Math.PI);
            at[part][axis][1] += Math.sin(((v + 0.5) / side) * 2 * Math.PI);
          });
      }
    const centre = (part: string) => at[part].map(circular) as [number, number];
    return { pixels, border, centre: centre('all'), dark: centre('dark') };
  });
  return { frames, labels };
}

/** Shortest way from a to b on a circle of length 1. */
const way = (a: number, b: number) => b - a - Math.round(b - a);
const step = (a: [number, number], b: [number, number]) => [way(a[0], b[0]), way(a[1], b[1])] as const;

const headings: Record<string, [number, number]> = {
  right: [1, 0],
  left: [-1, 0],
  down: [0, 1],
  up: [0, -1],
  'down right': [Math.SQRT1_2, Math.SQRT1_2],
  'down left': [-Math.SQRT1_2, Math.SQRT1_2],
  'up right': [Math.SQRT1_2, -Math.SQRT1_2],
  'up left': [-Math.SQRT1_2, -Math.SQRT1_2],
};

describe('labels', () => {
  test('every value of every axis is equally frequent', () => {
    // 24 is a multiple of 4, 6, 8, 3 and 2
    const labels = Array.from({ length: 48 }, (_, i) => proceduralLabels(5, i));
    for (const [axis, values] of Object.entries(axes))
      for (const value of values) expect(labels.filter((l) => l[axis] === value)).toHaveLength(48 / values.length);
  });

  test('axes are independent in pairs', () => {
    const count = 4800;
    const scenes = ['meeting', 'screen'] as const;
    for (const scene of scenes) {
      const all: typeof axes = {
        ...axes,
        ...(scene === 'meeting' ? { meeting: meetingNames } : { screen: screenNames }),
      };
      const labels = Array.from({ length: count }, (_, i) => proceduralLabels(9, i, scene));
      const names = Object.keys(all);
      for (const a of names)
        for (const b of names.slice(names.indexOf(a) + 1)) {
          const expected = count / (all[a].length * all[b].length);
          let chi = 0;
          for (const x of all[a])
            for (const y of all[b])
              chi += (labels.filter((l) => l[a] === x && l[b] === y).length - expected) ** 2 / expected;
          const freedom = (all[a].length - 1) * (all[b].length - 1);
          expect(chi, `${a} and ${b}`).toBeLessThan(freedom + 6 * Math.sqrt(2 * freedom));
        }
    }
  });
});

describe('frames', () => {
  test('a frame is a function of seed, clip and frame number', () => {
    for (const scene of ['motion', 'meeting', 'screen'] as const) {
      const long = drawProceduralClip(2, 7, { frames: 30, side: 24, scene, background: 'textured' });
      const part = drawProceduralClip(2, 7, {
        frames: 5,
        side: 24,
        scene,
        background: 'textured',
        start: 9,
        stride: 4,
      });
      const size = 24 * 24 * 3;
      for (let t = 0; t < 5; t++) {
        const from = (9 + 4 * t) * size;
        expect(part.rgb.subarray(t * size, (t + 1) * size)).toEqual(long.rgb.subarray(from, from + size));
      }
    }
    const a = drawProceduralClip(2, 7, { frames: 1, side: 24 }).rgb;
    expect(drawProceduralClip(3, 7, { frames: 1, side: 24 }).rgb).not.toEqual(a);
    expect(drawProceduralClip(2, 8, { frames: 1, side: 24 }).rgb).not.toEqual(a);
    expect(drawProceduralClip(2, 7, { frames: 1, side: 24, start: 1 }).rgb).not.toEqual(a);
  });

  test('the body moves as its labels say', () => {
    for (let index = 0; index < 24; index++) {
      const { frames, labels } = bodies(index);
      const perFrame = { slow: 1 / 80, medium: 1 / 40, fast: 1 / 20 }[labels.speed] ?? NaN;
      const [hx, hy] = headings[labels.direction];
      let [x, y] = [0, 0];
      for (let t = 1; t <= 40; t++) {
        const [dx, dy] = step(frames[t - 1].centre, frames[t].centre);
        expect(dx * hx + dy * hy, JSON.stringify(labels)).toBeGreaterThan(0);
        [x, y] = [x + dx, y + dy];
      }
      // pixels and the turning of the body move the measured centre by up to a hundredth
      expect(Math.hypot(x - hx * perFrame * 40, y - hy * perFrame * 40), JSON.stringify(labels)).toBeLessThan(0.02);
    }
  });

  test('the body turns as its label says', () => {
    let checked = 0;
    for (let index = 0; index < 40; index++) {
      const { frames, labels } = bodies(index);
      // this one has a dark side, large beside the soft outline
      if (labels.texture !== 'half') continue;
      checked++;
      const arm = (t: number) => step(frames[t].centre, frames[t].dark);
      let turn = 0;
      for (let t = 1; t < 30; t++) {
        const [a, b] = [arm(t - 1), arm(t)];
        turn += Math.atan2(a[0] * b[1] - a[1] * b[0], a[0] * b[0] + a[1] * b[1]);
      }
      // 29 steps of 6 degrees; y runs down, so clockwise is positive
      const degrees = (turn * 180) / Math.PI;
      expect(Math.abs(degrees - (labels.rotation === 'clockwise' ? 174 : -174)), JSON.stringify(labels)).toBeLessThan(
        15,
      );
    }
    expect(checked).toBe(10);
  });

  test('bodies that meet bounce off or pass through', () => {
    for (let index = 0; index < 24; index++) {
      const { frames, labels } = bodies(index, { scene: 'meeting', start: 0 });
      const [hx, hy] = headings[labels.direction];
      const forward = frames.slice(1).map((f, i) => {
        const [dx, dy] = step(frames[i].centre, f.centre);
        return dx * hx + dy * hy > 0;
      });
      // half a lap takes at most 57 frames, so each of 64 frames or more sees a meeting
      expect(forward.includes(false), JSON.stringify(labels)).toBe(labels.meeting === 'bounce');
      expect(forward.includes(true)).toBe(true);
    }
  });

  test('bodies appear from behind the bar or vanish there', () => {
    let seen = 0;
    for (let index = 0; index < 48; index++) {
      const { frames, labels } = bodies(index, { scene: 'screen' });
      for (let t = 1; t < frames.length; t++) {
        if (frames[t].pixels === 0 || frames[t - 1].pixels > 0) continue;
        seen++;
        // what will vanish comes in over the border, what appears comes from the middle
        expect(frames[t].border, JSON.stringify(labels)).toBe(labels.screen === 'vanish');
      }
    }
    expect(seen).toBeGreaterThan(20);
  });
});

/** Held-out accuracy of ridge regression to one-hot labels from x (n, f): two thirds train it. */
function linearProbe(x: Float64Array[], y: number[], classes: number): number {
  const train = Math.floor((x.length * 2) / 3);
  const f = x[0].length;
  const a = Array.from({ length: f }, () => new Float64Array(f + classes));
  for (let n = 0; n < train; n++)
    for (let i = 0; i < f; i++) {
      for (let j = 0; j < f; j++) a[i][j] += x[n][i] * x[n][j];
      a[i][f + y[n]] += x[n][i];
    }
  for (let i = 0; i < f; i++) a[i][i] += 1;
  for (let i = 0; i < f; i++)
    for (let r = 0; r < f; r++) {
      if (r === i) continue;
      const factor = a[r][i] / a[i][i];
      for (let c = i; c < f + classes; c++) a[r][c] -= factor * a[i][c];
    }
  let right = 0;
  for (let n = train; n < x.length; n++) {
    const score = Array.from({ length: classes }, (_, k) =>
      x[n].reduce((sum, value, i) => sum + (value * a[i][f + k]) / a[i][i], 0),
    );
    if (score.indexOf(Math.max(...score)) === y[n]) right++;
  }
  return right / (x.length - train);
}

test('one frame does not tell what only motion tells (linear probe at chance), but colour it does', () => {
  const small = 12;
  const clips = 1800;
  const held = clips / 3;
  const frameOf = (index: number, options: Partial<ProceduralOptions>) => {
    const { rgb } = drawProceduralClip(21, index, { frames: 1, side: small, start: 10, ...options });
    return Float64Array.from({ length: small * small + 1 }, (_, i) =>
      i === small * small ? 1 : (rgb[i * 3 + 1] - 115) / 60,
    );
  };
  const accuracy = (axis: string, values: readonly string[], options: Partial<ProceduralOptions>) => {
    const labels = Array.from({ length: clips }, (_, i) => proceduralLabels(21, i, options.scene));
    const x = labels.map((_, i) => frameOf(i, options));
    return linearProbe(
      x,
      labels.map((l) => values.indexOf(l[axis])),
      values.length,
    );
  };
  const limit = (classes: number) => 1 / classes + 4 * Math.sqrt(((1 / classes) * (1 - 1 / classes)) / held);
  expect(accuracy('direction', directionNames, {})).toBeLessThan(limit(8));
  expect(accuracy('speed', speedNames, {})).toBeLessThan(limit(3));
  expect(accuracy('rotation', rotationNames, {})).toBeLessThan(limit(2));
  expect(accuracy('meeting', meetingNames, { scene: 'meeting' })).toBeLessThan(limit(2));
  expect(accuracy('screen', screenNames, { scene: 'screen' })).toBeLessThan(limit(2));
  // the probe works: green levels tell full colours well above chance
  expect(accuracy('colour', colourNames, { colours: 'full' })).toBeGreaterThan(limit(6) + 0.1);
});
