import { expect, it } from 'vitest';
import { overWhite } from './image-file.ts';

it('what is not opaque is blended over white, what is opaque stays', () => {
  const rgba = Uint8Array.of(9, 8, 7, 255, 200, 0, 100, 0, 0, 255, 100, 51, 255, 255, 255, 8);
  overWhite(rgba);
  // 51 of 255 is a fifth
  expect([...rgba]).toEqual([9, 8, 7, 255, 255, 255, 255, 255, 204, 255, 224, 255, 255, 255, 255, 255]);
});
