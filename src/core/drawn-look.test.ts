import { expect, it } from 'vitest';
import {
  backgrounds,
  colourings,
  type DrawnLook,
  drawnId,
  lookOfId,
  placeOfId,
  readLook,
  usualLook,
} from './drawn-look.ts';

it('the usual look needs no words: ids are as they were before there were others', () => {
  expect(drawnId(1, 5, usualLook)).toBe('drawn-1-5');
  expect(lookOfId('drawn-1-5')).toEqual(usualLook);
  const faint = { ...usualLook, noise: 1e-7 };
  expect(lookOfId(drawnId(1, 5, faint))).toEqual(faint);
});

it('every look has an id of its own, which says what it is', () => {
  const looks: DrawnLook[] = [0, 0.03, 0.3, 0.4].flatMap((noise) =>
    backgrounds.flatMap((background) => colourings.map((colours) => ({ noise, background, colours }))),
  );
  const ids = looks.map((look) => drawnId(7, 12, look));
  expect(new Set(ids).size).toBe(looks.length);
  expect(ids.map(lookOfId)).toEqual(looks);
  expect(ids).toContain('drawn-7-12-0.3-textured-full');
  for (const id of ids) expect(placeOfId(id)).toEqual({ seed: 7, index: 12 });
});

it('what is not sound is nothing', () => {
  for (const id of ['clip-1', 'drawn-1', 'drawn-1-2-x-plain-pale', 'drawn-1-2-0.1-plain', 'drawn-1-2-0.1-odd-pale'])
    expect([lookOfId(id), placeOfId(id)], id).toEqual([null, null]);
  for (const value of [
    null,
    3,
    {},
    { ...usualLook, noise: NaN },
    { ...usualLook, noise: 2 },
    { ...usualLook, noise: '0' },
  ])
    expect(readLook(value)).toBeNull();
  expect(readLook({ ...usualLook, colours: 'full', more: 1 })).toEqual({ ...usualLook, colours: 'full' });
});
