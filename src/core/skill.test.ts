import { expect, it } from 'vitest';
import { skill } from './skill.ts';

it('skill is the share of the baseline that is done without', () => {
  expect(skill(1, 4)).toBe(0.75);
  expect(skill(4, 4)).toBe(0);
  expect(skill(6, 4)).toBe(-0.5);
  expect(skill(0, 0)).toBeNull();
});
