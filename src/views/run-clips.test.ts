import { expect, test } from 'vitest';
import { tellClips } from './run-clips.ts';

test('what a run learns from is told in a few words, and apart from other clips', () => {
  const file = (name: string, kept = '') => ({ kind: 'file' as const, name, fingerprint: `sha256:${name}`, kept });
  const set = { kind: 'drawn' as const, seed: 1, first: 0, count: 64 };
  const look = { noise: 0.2, background: 'textured', colours: 'full' } as const;
  expect(tellClips([set])?.told).toBe('drawn clips');
  expect(tellClips([{ ...set, look }])?.told).toBe('drawn clips (noise 0.2, textured, full)');
  expect(tellClips([file('a.mp4')])?.told).toBe('a.mp4');
  const three = tellClips([file('a'), file('b'), file('c')]);
  expect(three?.told).toBe('3 videos');
  expect(tellClips([file('c'), file('a', '8 × 8'), file('b')])).toEqual(three);
  expect(tellClips([file('a'), file('b'), file('d')])?.id).not.toBe(three?.id);
});
