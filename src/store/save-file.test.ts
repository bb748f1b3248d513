import { expect, it } from 'vitest';
import { inFileName, plainName } from './save-file.ts';

it('names of files keep letters of every script, and begin with one', () => {
  expect(inFileName('skill / tubelet 1')).toBe('skill-tubelet-1');
  expect(plainName('🙂🎬 emoji clip.mp4')).toBe('emoji-clip');
  expect(plainName('تصنيف.mp4')).toBe('تصنيف');
  expect(plainName('हिन्दी.webm')).toBe('हिन्दी');
  expect(inFileName('--')).toBe('unnamed');
});
