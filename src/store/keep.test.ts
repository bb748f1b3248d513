import { expect, it, vi } from 'vitest';
import { StudioError } from '../core/errors.ts';

const ask = vi.hoisted(() => vi.fn());
vi.mock('./engine.ts', () => ({ ask, send: () => {}, hear: () => {} }));

const { importCheckpoint } = await import('./keep.ts');
const { patch, useStudio } = await import('./studio.ts');

const problem = () => useStudio.getState().problem?.message ?? null;
const file = (name: string) => new File([], name);
const refused = () => Promise.reject(new StudioError('format', 'it is cut short'));

it('why a file was refused stays beside one that came along, and goes with the next that is taken', async () => {
  patch({ problem: null });
  ask.mockImplementationOnce(refused).mockResolvedValueOnce({ runId: 'a' });
  await Promise.all([importCheckpoint(file('cut.safetensors')), importCheckpoint(file('whole.safetensors'))]);
  expect(problem()).toBe('cut.safetensors: it is cut short');
  ask.mockResolvedValueOnce({ runId: 'b' });
  await importCheckpoint(file('again.safetensors'));
  expect(problem()).toBeNull();
});

it('what has nothing to do with files stays', async () => {
  patch({ problem: { code: 'gpu-memory', message: 'no room', advice: '' } });
  ask.mockResolvedValueOnce({ runId: 'a' });
  await importCheckpoint(file('whole.safetensors'));
  expect(problem()).toBe('no room');
});
