import { expect, it } from 'vitest';
import { shownPanes } from './look-view.ts';

it('one, two or four pictures, random weights first if they are wished so', () => {
  expect(shownPanes('errors', 1, false, null)).toEqual(['errors-current']);
  expect(shownPanes('features', 2, true, null)).toEqual(['features-random', 'features-current']);
  expect(shownPanes('features', 4, false, null)).toEqual([
    'errors-current',
    'errors-random',
    'features-current',
    'features-random',
  ]);
});

it('the largest stands alone, as long as it is one of those that are shown', () => {
  expect(shownPanes('errors', 2, false, 'errors-random')).toEqual(['errors-random']);
  expect(shownPanes('features', 2, false, 'errors-random')).toEqual(['features-current', 'features-random']);
});
