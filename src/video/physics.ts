// Pairs of drawn videos, one possible and one not, after Garrido et al. 2025 (arXiv 2502.11831) and IntPhys: object permanence,
// continuity, bouncing, constancy of colour.
//
// Every property has two states, a and b. A video is in one before the event and in one after it; it is possible when they
// are the same. The two videos of a pair end alike, byte for byte from the event on, and all beginnings and endings come as
// often in possible as in impossible ones: no single frame tells which is which.

import type { PhysicsProperty } from '../core/physics.ts';
import { makeKey, uniform } from '../core/random.ts';
import { addNoise, type Body, drawBody, type Rgb, tint } from './drawing.ts';
import type { Frames } from './provoke.ts';

/** permanence: a body is there, or none; continuity: it runs high, or low; bounce: it is left of the wall, or right of it;
 * colour: red, or blue. */
export type PhysicsState = 'a' | 'b';

export interface PhysicsPair {
  property: PhysicsProperty;
  set: number;
  possible: Frames;
  impossible: Frames;
}

/** Frames of a video, and the first one after the event. */
export const physicsFrames = 40;
export const physicsEvent = 20;

const side = 64;
const grey = 115;
const white = 235;
/** Side lengths per frame: drawn clips know a slower and a faster one. */
const speed = 0.022;
const noise = 0.03 * 255;
const hues: Record<PhysicsState, Rgb> = { a: [255, 60, 60], b: [80, 100, 255] };
/** Half the width of the bar that hides and of the wall that throws back, in side lengths. */
const bar = 0.16;
const wall = 0.03;

/** Two pairs of one set: one that ends in state a, one in b. The same set gives the same bytes everywhere. */
export function physicsPairs(property: PhysicsProperty, set: number): PhysicsPair[] {
  return (['a', 'b'] as const).map((after) => ({
    property,
    set,
    possible: physicsVideo(property, set, after, after),
    impossible: physicsVideo(property, set, after === 'a' ? 'b' : 'a', after),
  }));
}

/** One video. A frame is drawn when it is first asked for, and kept. */
export function physicsVideo(
  property: PhysicsProperty,
  set: number,
  before: PhysicsState,
  after: PhysicsState,
): Frames {
  const kept = new Map<number, Uint8Array<ArrayBuffer>>();
  return {
    frames: physicsFrames,
    width: side,
    height: side,
    rgb(frame) {
      const known = kept.get(frame);
      if (known) return known;
      const picture = draw(property, set, frame, frame < physicsEvent ? before : after);
      kept.set(frame, picture);
      return picture;
    },
  };
}

function draw(property: PhysicsProperty, set: number, frame: number, state: PhysicsState): Uint8Array<ArrayBuffer> {
  const key = makeKey(set, `physics ${property}`);
  const picture = new Uint8ClampedArray(side * side * 3).fill(grey);
  const leftwards = uniform(key, 0, 0) < 0.5;
  const radius = 0.09 + 0.03 * uniform(key, 0, 1);
  const height = uniform(key, 0, 2);
  // the event finds the body in the middle
  const along = speed * (frame - physicsEvent);
  const body = (light: Rgb): Body => ({
    shape: 'disc',
    texture: 'half',
    light,
    dark: tint(light, 0.55, grey),
    radius,
    angle: 0,
  });
  const at = (x: number, y: number, light: Rgb = [white, white, white]) =>
    drawBody(picture, side, body(light), leftwards ? 1 - x : x, y, false);
  switch (property) {
    case 'permanence':
      if (state === 'a') at(0.5 + along, 0.3 + 0.4 * height);
      fillBar(picture, 0.5 - bar, 0.5 + bar);
      break;
    case 'continuity':
      at(0.5 + along, state === 'a' ? 0.25 : 0.75);
      break;
    case 'bounce': {
      // towards the wall and away from it again, on the side of the state
      const distance = wall + radius + Math.abs(along);
      at(state === 'a' ? 0.5 - distance : 0.5 + distance, 0.3 + 0.4 * height);
      fillBar(picture, 0.5 - wall, 0.5 + wall);
      break;
    }
    case 'colour':
      at(0.5 + along, 0.3 + 0.4 * height, tint(hues[state], 0.8, white));
      break;
  }
  addNoise(picture, noise, Math.floor(uniform(key, 1, frame) * 2 ** 31));
  return new Uint8Array(picture.buffer);
}

/** A dark bar from top to bottom between two places, in side lengths. */
function fillBar(picture: Uint8ClampedArray, from: number, to: number): void {
  const [left, right] = [Math.round(from * side), Math.round(to * side)];
  for (let y = 0; y < side; y++) picture.fill(50, (y * side + left) * 3, (y * side + right) * 3);
}
