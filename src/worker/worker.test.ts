import { expect, it, vi } from 'vitest';
import type { Command, Event } from '../protocol/messages.ts';

it('what goes wrong with a command that nobody waits for is told to the page', async () => {
  const events: Event[] = [];
  let tell: (message: { data: Command }) => void = () => {};
  vi.stubGlobal('navigator', {});
  vi.stubGlobal('self', {
    isSecureContext: true,
    postMessage: (event: Event) => void events.push(event),
    addEventListener: (_: string, listener: typeof tell) => (tell = listener),
  });
  await import('./worker.ts');
  tell({ data: { type: 'useVariant', variant: null } });
  await expect
    .poll(() => events)
    .toEqual([
      {
        type: 'problem',
        error: expect.objectContaining({ code: 'gpu-missing', message: 'This browser has no WebGPU.' }),
      },
    ]);
  vi.unstubAllGlobals();
});
