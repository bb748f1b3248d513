import { expect, it, vi } from 'vitest';
import { receive } from './events.ts';
import { useStudio } from './studio.ts';

vi.mock('./engine.ts', () => ({ ask: () => new Promise(() => {}), send: () => {} }));

it('a problem that the worker tells is shown', () => {
  const error = {
    code: 'config',
    message: 'This adapter has no shader-f16.',
    advice: 'Choose other kernels.',
  } as const;
  receive({ type: 'problem', error });
  expect(useStudio.getState().problem).toEqual(error);
});
