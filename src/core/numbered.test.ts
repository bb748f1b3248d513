import { expect, it } from 'vitest';
import { nameAll, nameSome, numbered } from './numbered.ts';

it('one of a thing is not called many', () => {
  expect([
    numbered(1, 'crop'),
    numbered(3, 'crop'),
    numbered(1, 'pass', 'passes'),
    numbered(20, 'pass', 'passes'),
  ]).toEqual(['1 crop', '3 crops', '1 pass', '20 passes']);
});

it('files of one name are named once, with how many they are', () => {
  expect(nameAll(['p1.mp4', 'a.mp4', 'p1.mp4'])).toEqual(['p1.mp4 (2)', 'a.mp4']);
  expect(nameSome(['a', 'b', 'c', 'd', 'e', 'e', 'f'])).toBe('a, b, c, d and 3 more');
  expect(nameSome(['a', 'a', 'a', 'b', 'c', 'd', 'e', 'e'])).toBe('a (3), b, c, d and 2 more');
});
