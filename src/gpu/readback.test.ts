import { afterEach, expect, it, vi } from 'vitest';
import { watchBuffers } from '../testing/buffers.ts';
import { testDevice } from '../testing/device.ts';
import { Ring } from './readback.ts';

afterEach(() => vi.restoreAllMocks());

it('leaves no buffer behind: one that is on its way goes when it comes back', async () => {
  const device = await testDevice();
  const watched = watchBuffers(device);
  const ring = new Ring(device, 16, 3);
  const [away, unused] = [ring.take()!, ring.take()!];
  const bytes = ring.collect(away);
  ring.destroy();
  expect(watched.alive()).toHaveLength(2);
  expect((await bytes).byteLength).toBe(16);
  ring.giveBack(unused);
  expect(watched.alive()).toEqual([]);
});
