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

it('a file that is refused again is told once, the newest first', () => {
  const fail = (clipId: string, name: string, message: string) =>
    receive({ type: 'clipFailed', jobId: 'j', clipId, name, error: { code: 'video', message, advice: '' } });
  fail('1', 'a.mp4', 'a.mp4 is cut short');
  fail('2', 'b.mp4', 'b.mp4 is empty');
  fail('3', 'a.mp4', 'a.mp4 is cut short');
  fail('4', 'a.mp4', 'a.mp4 is empty');
  expect(useStudio.getState().failures.map(({ clipId }) => clipId)).toEqual(['4', '3', '2']);
});
