// Clips that the studio draws itself: every frame is a function of (seed, clip index, frame index), and the
// labels are exact. Label axes are independent and balanced: each value of an axis comes up once in every
// block of as many clips as the axis has values, in an order of its own.
//
// Four scenes. motion: one turning body on a torus (it leaves on one side and enters on the other, so no
// single frame tells its direction). meeting: a second, dark body comes towards it and they bounce off or pass
// through each other. screen: a bar stands in the picture; bodies appear from behind it or vanish there.
// pair: two bodies of one kind, each with a shape, a direction and all else of its own (boxes: procedural-boxes.ts).
// The usual look is a nearly white body on grey with a little noise: with random colours a tiny model
// predicts the colours and ignores the motion (a slow-feature shortcut, arXiv 2211.10831).

import { integer, makeKey, permutation, uniform } from '../core/random.ts';
import { addNoise, drawBody, modulo, tint, type Body } from './drawing.ts';
import { shapeNames, textureNames, turnSteps, type Shape, type Texture } from './shapes.ts';

const sceneNames = ['motion', 'meeting', 'screen', 'pair'] as const;
export const colourNames = ['red', 'yellow', 'green', 'cyan', 'blue', 'magenta'] as const;
export const directionNames = [
  'right',
  'down right',
  'down',
  'down left',
  'left',
  'up left',
  'up',
  'up right',
] as const;
export const speedNames = ['slow', 'medium', 'fast'] as const;
export const rotationNames = ['clockwise', 'anticlockwise'] as const;
export const meetingNames = ['bounce', 'pass through'] as const;
export const screenNames = ['appear', 'vanish'] as const;
export type Scene = (typeof sceneNames)[number];

/** What a drawn clip is made of. */
export interface ProceduralOptions {
  /** frames to draw */
  frames: number;
  /** side of the square picture in pixels */
  side: number;
  /** index of the first frame, 0 unless told */
  start?: number;
  /** frames between two drawn frames, 1 unless told */
  stride?: number;
  scene?: Scene;
  /** pale: nearly white bodies; full: saturated ones */
  colours?: 'pale' | 'full';
  /** plain grey, or a coloured cloud with a resting distractor */
  background?: 'plain' | 'textured';
  /** standard deviation of the pixel noise, as a share of white */
  noise?: number;
}

/** A drawn clip counts as video of this many frames a second. */
export const proceduralRate = 24;
/** Frames of a drawn clip of the library: enough for 16 at stride 4. */
export const drawnFrames = 64;

/** Side lengths per frame. */
const speeds = [0.0125, 0.025, 0.05] as const;
const diagonal = Math.SQRT1_2;
/** Ways that a body or a picture may go, y downwards: named by directionNames. */
export const directions = [
  [1, 0],
  [diagonal, diagonal],
  [0, 1],
  [-diagonal, diagonal],
  [-1, 0],
  [-diagonal, -diagonal],
  [0, -1],
  [diagonal, -diagonal],
] as const;
const hues = [
  [255, 60, 60],
  [240, 220, 40],
  [70, 220, 70],
  [50, 220, 230],
  [80, 100, 255],
  [240, 70, 230],
] as const;
const grey = 115;
const white = 235;

/** Value of one label axis for a clip: balanced within each block of n clips. */
function axisValue(seed: number, axis: string, index: number, n: number): number {
  const block = Math.floor(index / n);
  return permutation(makeKey(seed, `label ${axis}`), block, n)[index % n];
}

interface Description {
  shape: Shape;
  texture: Texture;
  colour: number;
  direction: number;
  speed: number;
  clockwise: boolean;
  /** bounce (meeting) or appear (screen): the first of the two outcomes */
  first: boolean;
  /** centre of the motion and radius of the body, in side lengths */
  x: number;
  y: number;
  radius: number;
  /** where on its way the body is in frame 0, in [0, 1) */
  phase: number;
  /** first angle, in steps of 6 degrees */
  angle: number;
}

/** `whose`: the body that every scene has, or the other one of a pair. */
function describe(seed: number, index: number, scene: Scene, whose: 'first' | 'second' = 'first'): Description {
  const own = whose === 'first' ? '' : 'second ';
  const axis = (name: string, n: number) => axisValue(seed, own + name, index, n);
  const place = makeKey(seed, `clip ${own}place`);
  const screen = scene === 'screen';
  const spread = (slot: number) => (screen ? 0.45 + 0.1 * uniform(place, index, slot) : uniform(place, index, slot));
  return {
    shape: shapeNames[axis('shape', 4)],
    texture: textureNames[axis('texture', 4)],
    colour: axis('colour', 6),
    direction: axis('direction', 8),
    speed: axis('speed', 3),
    clockwise: axis('rotation', 2) === 0,
    first: axis('outcome', 2) === 0,
    x: spread(0),
    y: spread(1),
    // smaller where a bar must hide all of it, or two share the picture
    radius: (0.16 + 0.06 * uniform(place, index, 2)) * (screen ? 0.55 : scene === 'pair' ? 0.7 : 1),
    phase: uniform(place, index, 3),
    angle: integer(place, index, 4, turnSteps),
  };
}

const named = (d: Description): Record<string, string> => ({
  shape: d.shape,
  colour: colourNames[d.colour],
  texture: d.texture,
  direction: directionNames[d.direction],
  speed: speedNames[d.speed],
  rotation: rotationNames[d.clockwise ? 0 : 1],
});

/** Exact labels of clip `index`. Outcomes are named by the scenes that have them; of a pair, these are the first body's. */
export function proceduralLabels(seed: number, index: number, scene: Scene = 'motion'): Record<string, string> {
  const d = describe(seed, index, scene);
  const labels = named(d);
  if (scene === 'meeting') labels.meeting = meetingNames[d.first ? 0 : 1];
  if (scene === 'screen') labels.screen = screenNames[d.first ? 0 : 1];
  return labels;
}

/** Labels of both bodies of a pair, in the order of their boxes. */
export const pairLabels = (seed: number, index: number): Record<string, string>[] =>
  describeAll(seed, index, 'pair').map(named);

/** Where the bodies are in a frame: offsets from the centre along the direction, in side lengths. */
function offsets(d: Description, scene: Scene, frame: number): { body: number; other: number | null } {
  const way = speeds[d.speed] * frame;
  // one lap of the torus along the direction
  const lap = d.direction % 2 ? Math.SQRT2 : 1;
  if (scene === 'motion' || scene === 'pair') return { body: way, other: null };
  if (scene === 'meeting') {
    // Centres meet at both ends of half a lap. Passing through runs on, bouncing runs back: the same places,
    // so that a single frame does not tell which it is.
    const along = modulo((d.phase * lap) / 2 + way, lap);
    const body = d.first && along > lap / 2 ? lap - along : along;
    return { body, other: -body };
  }
  // From outside the picture to the bar or back, then a pause behind the bar.
  const reach = 0.75 * lap;
  const pause = 0.15;
  const along = modulo(d.phase * (reach + pause) + way, reach + pause);
  return { body: d.first ? Math.max(along - pause, 0) : -Math.max(reach - along, 0), other: null };
}

/** A body as a frame shows it: centre in side lengths (not yet wrapped), angle in steps of 6 degrees. */
export interface BodyPlace {
  shape: Shape;
  radius: number;
  angle: number;
  x: number;
  y: number;
}

/** What there is to draw: one description, or those of both bodies of a pair. */
const describeAll = (seed: number, index: number, scene: Scene): Description[] =>
  scene === 'pair'
    ? [describe(seed, index, scene), describe(seed, index, scene, 'second')]
    : [describe(seed, index, scene)];

/** The bodies of a frame, the labelled one first. */
export const proceduralPlaces = (seed: number, index: number, frame: number, scene: Scene): BodyPlace[] =>
  describeAll(seed, index, scene).flatMap((d) => placesOf(d, scene, frame));

function placesOf(d: Description, scene: Scene, frame: number): BodyPlace[] {
  const [dx, dy] = directions[d.direction];
  const at = offsets(d, scene, frame);
  const place = (along: number) => ({ radius: d.radius, x: d.x + dx * along, y: d.y + dy * along });
  // y runs down, so growing angles turn clockwise on the screen
  const angle = modulo(d.angle + (d.clockwise ? frame : -frame), turnSteps);
  const body = { shape: d.shape, angle, ...place(at.body) };
  if (at.other === null) return [body];
  return [body, { shape: 'disc', angle: modulo(d.angle, turnSteps), ...place(at.other) }];
}

type Surface = Pick<Body, 'texture' | 'light' | 'dark'>;

function surface(d: Description, full: boolean): Surface {
  const light = tint(hues[d.colour], full ? 0.85 : 0.12, white);
  return { texture: d.texture, light, dark: [light[0] * 0.72, light[1] * 0.72, light[2] * 0.72] };
}

/** The dark body of a meeting. */
const darkSurface: Surface = { texture: 'half', light: [40, 40, 40], dark: [65, 65, 65] };

/** The bar that bodies hide behind: across the direction, through the centre, as wide as the widest body. */
function drawBar(picture: Uint8ClampedArray, side: number, d: Description): void {
  const [dx, dy] = directions[d.direction];
  const half = d.radius * 1.5 * side;
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const away = Math.abs((x + 0.5 - d.x * side) * dx + (y + 0.5 - d.y * side) * dy);
      const cover = Math.min(1, half + 0.5 - away);
      if (cover <= 0) continue;
      const at = (y * side + x) * 3;
      for (let k = 0; k < 3; k++) picture[at + k] += (60 - picture[at + k]) * cover;
    }
}

/** What rests: grey, or a soft coloured cloud of 4 × 4 random tones with a distractor that never moves. */
function drawBackground(side: number, seed: number, index: number, textured: boolean): Uint8ClampedArray {
  const picture = new Uint8ClampedArray(side * side * 3).fill(grey);
  if (!textured) return picture;
  const key = makeKey(seed, 'clip background');
  const cells = 4;
  const tones = Float64Array.from({ length: cells * cells * 3 }, (_, i) => 60 + 110 * uniform(key, index, i));
  for (let y = 0; y < side; y++) {
    const gy = ((y + 0.5) / side) * cells;
    const y0 = Math.floor(gy);
    for (let x = 0; x < side; x++) {
      const gx = ((x + 0.5) / side) * cells;
      const x0 = Math.floor(gx);
      for (let k = 0; k < 3; k++) {
        const tone = (yy: number, xx: number) => tones[((yy % cells) * cells + (xx % cells)) * 3 + k];
        const upper = tone(y0, x0) + (tone(y0, x0 + 1) - tone(y0, x0)) * (gx - x0);
        const lower = tone(y0 + 1, x0) + (tone(y0 + 1, x0 + 1) - tone(y0 + 1, x0)) * (gx - x0);
        picture[(y * side + x) * 3 + k] = upper + (lower - upper) * (gy - y0);
      }
    }
  }
  const pick = (slot: number, n: number) => integer(key, index, slot, n);
  const distractor: Body = {
    shape: shapeNames[pick(100, 4)],
    texture: textureNames[pick(101, 4)],
    light: hues[pick(102, 6)],
    dark: [50, 50, 50],
    radius: 0.1,
    angle: pick(103, turnSteps),
  };
  drawBody(picture, side, distractor, uniform(key, index, 104), uniform(key, index, 105), true);
  return picture;
}

/**
 * Frames of clip `index` of the set `seed`. rgb is (T, S, S, 3), one byte per channel. There is no last frame:
 * any start and stride may be asked for, and the same frame always has the same bytes.
 */
export function drawProceduralClip(
  seed: number,
  index: number,
  options: ProceduralOptions,
): { rgb: Uint8Array<ArrayBuffer>; labels: Record<string, string> } {
  const { frames, side, start = 0, stride = 1, scene = 'motion', noise = 0.03 } = options;
  const all = describeAll(seed, index, scene);
  const background = drawBackground(side, seed, index, options.background === 'textured');
  const surfaces = [...all.map((d) => surface(d, options.colours === 'full')), darkSurface];
  const noiseKey = makeKey(seed, 'clip noise');
  const size = side * side * 3;
  const rgb = new Uint8Array(frames * size);
  for (let t = 0; t < frames; t++) {
    const frame = start + t * stride;
    const picture = new Uint8ClampedArray(rgb.buffer, t * size, size);
    picture.set(background);
    // the labelled body is drawn last: it covers the other
    const places = all.flatMap((d) => placesOf(d, scene, frame));
    for (let k = places.length - 1; k >= 0; k--) {
      const { x, y, ...body } = places[k];
      drawBody(picture, side, { ...surfaces[k], ...body }, x, y, scene !== 'screen');
    }
    if (scene === 'screen') drawBar(picture, side, all[0]);
    if (noise > 0) addNoise(picture, noise * 255, Math.floor(uniform(noiseKey, index, frame) * 4294967296) | 0);
  }
  return { rgb, labels: proceduralLabels(seed, index, scene) };
}
