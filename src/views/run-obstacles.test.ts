import { expect, it } from 'vitest';
import { brokenWords, deleteObstacle, noteObstacle, resumeObstacle } from './run-obstacles.ts';

const kept = { elsewhere: false, missing: [] };
const away = { elsewhere: true, missing: [] };
const around = { device: 'ready', busy: false, live: false, opening: false } as const;

it('a run that can be resumed, noted on and deleted says nothing', () => {
  expect([resumeObstacle(kept, around), noteObstacle(kept), deleteObstacle(kept, around)]).toEqual([null, null, null]);
});

it('whatever switches a button off has its reason', () => {
  expect(resumeObstacle(kept, { ...around, device: 'none' })).toContain('WebGPU');
  expect(resumeObstacle(kept, { ...around, device: 'opening' })).toBe('The GPU is being looked for');
  expect(resumeObstacle(kept, { ...around, busy: true })).toContain('stop it first');
  expect(resumeObstacle(kept, { ...around, opening: true })).toContain('being read');
  const missing = ['a.mp4', 'b.mp4'].map((name) => ({ name, fingerprint: '' }));
  expect(resumeObstacle({ ...kept, missing }, around)).toContain('needs a.mp4, b.mp4');
  for (const said of [resumeObstacle(away, around), noteObstacle(away), deleteObstacle(away, around)])
    expect(said).toContain('another tab');
  expect(deleteObstacle(kept, { ...around, opening: true })).toContain('being read');
});

it('another run that trains keeps none from being deleted', () => {
  expect(deleteObstacle(kept, { ...around, busy: true })).toBeNull();
  expect(deleteObstacle(kept, { ...around, busy: true, live: true })).toContain('stop it first');
});

it('a run that broke says in which step, until it has gone beyond it', () => {
  const broke = { step: 41, code: 'non-finite' };
  expect(brokenWords(broke, 40)).toBe('broken in step 41: NaN or infinity');
  expect(brokenWords({ step: 41, code: 'gpu-lost' }, 30)).toBe('broken off after step 40: the GPU was lost');
  expect(brokenWords({ step: 41, code: 'internal' }, 30)).toBe('broken off after step 40');
  expect(brokenWords(broke, 41)).toBeNull();
  expect(brokenWords(undefined, 41)).toBeNull();
});
