import { expect, it } from 'vitest';
import { numbered } from './numbered.ts';

it('one of a thing is not called many', () => {
  expect([
    numbered(1, 'crop'),
    numbered(3, 'crop'),
    numbered(1, 'pass', 'passes'),
    numbered(20, 'pass', 'passes'),
  ]).toEqual(['1 crop', '3 crops', '1 pass', '20 passes']);
});
