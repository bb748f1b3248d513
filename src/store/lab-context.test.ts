import { expect, it, vi } from 'vitest';
import { preset } from '../core/presets.ts';
import { showContext } from './lab-context.ts';
import { patch, useStudio } from './studio.ts';

it('the lab opens at a frame that has context, and stays where there is some', () => {
  vi.stubGlobal('location', { hash: '#masks' });
  const config = preset('nano'); // 25 tokens a tubelet of two frames
  const set = (context: number[]) => ({ context: [Int32Array.from(context)], target: [Int32Array.of(0)] });
  patch({ screen: 'masks', labConfig: config, sets: [set([30, 31, 60])], maskSet: 0 });
  const from = (frame: number) => {
    patch({ frame });
    showContext();
    return useStudio.getState().frame;
  };
  expect([0, 3, 5, 7].map(from)).toEqual([2, 3, 5, 2]);
  patch({ sets: [set([])] });
  expect(from(7)).toBe(7);
  vi.unstubAllGlobals();
});
