import { expect, it } from 'vitest';
import { readingAbout, readingColumn, readingName, readingTitle } from './look-reading.ts';

it('files, columns and pictures say what skill is against and of which mask sets', () => {
  const all = { quantity: 'skill', baseline: 'mean', set: null } as const;
  const one = { quantity: 'skill', baseline: 'copy', set: 1 } as const;
  expect(readingName(all)).toBe('skill-against-mean-feature-all-masks');
  expect(readingName(one)).toBe('skill-against-nearest-context-mask-set-2');
  expect(readingColumn(one)).toBe('skill_against_nearest_context');
  expect(readingTitle(one)).toBe('skill against nearest context, mask set 2');
  expect(readingAbout(one)).toEqual({ what: 'skill', baseline: 'nearest context', masks: 'mask set 2' });
  const error = { ...all, quantity: 'error' } as const;
  expect(readingName(error)).toBe('error-all-masks');
  expect(readingColumn(error)).toBe('error');
  expect(readingAbout(error)).toEqual({ what: 'error', masks: 'all masks' });
});
