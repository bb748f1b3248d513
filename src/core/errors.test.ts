import { expect, it } from 'vitest';
import { reportFile, StudioError } from './errors.ts';

it('what went wrong with a file has its name, once', () => {
  const error = new StudioError('format', 'This is no mask: it is empty.', 'Choose another.');
  expect(reportFile('a.json', error)).toEqual({
    code: 'format',
    message: 'a.json: This is no mask: it is empty.',
    advice: 'Choose another.',
  });
  expect(reportFile('a.json', new StudioError('format', 'a.json holds 0 mask sets.')).message).toBe(
    'a.json holds 0 mask sets.',
  );
});
