import { describe, expect, it } from 'vitest';
import { about } from '../testing/run-folders.ts';
import { type KeptCheckpoint, readManifest, rebuilt, recentLoss, retained, withCheckpoint } from './manifest.ts';

const at = (step: number, loss: number | null = null): KeptCheckpoint => ({
  file: `f${step}`,
  step,
  bytes: 1,
  sha256: '',
  savedAt: 0,
  loss,
});

describe('what is kept', () => {
  it('the newest three and the one with the lowest loss', () => {
    const steps = (list: KeptCheckpoint[]) => list.map((c) => c.step);
    const kept = (list: KeptCheckpoint[]) => steps(retained(list, { pinned: null, total: null }));
    expect(kept([at(5, 0.9), at(10, 0.2), at(15, 0.6), at(20, 0.5), at(25, 0.4)])).toEqual([10, 15, 20, 25]);
    expect(kept([at(25, 0.1), at(5, 0.9), at(10, 0.2), at(20, 0.5), at(15, 0.6)])).toEqual([15, 20, 25]);
    expect(kept([at(5), at(10), at(15), at(20)])).toEqual([10, 15, 20]);
  });

  it('and marks along the run: the first of every eighth of it', () => {
    const every50 = Array.from({ length: 20 }, (_, i) => at(50 * (i + 1)));
    const kept = (list: KeptCheckpoint[]) =>
      list.reduce<KeptCheckpoint[]>((all, c) => retained([...all, c], marked), []);
    const marked = { pinned: null, total: 1000 };
    expect(kept(every50).map((c) => c.step)).toEqual([50, 150, 250, 400, 500, 650, 750, 900, 950, 1000]);
    // of 100 MB each two, of more than 256 MB none
    const large = (bytes: number) => kept(every50.map((c) => ({ ...c, bytes }))).map((c) => c.step);
    expect(large(100e6)).toEqual([50, 500, 900, 950, 1000]);
    expect(large(257e6)).toEqual([900, 950, 1000]);
  });

  it('and the one that is pinned, however old it is and whatever its loss', () => {
    const list = [at(5, 0.9), at(10, 0.2), at(15, 0.6), at(20, 0.5), at(25, 0.4)];
    const kept = (pinned: number) => retained(list, { pinned, total: null }).map((c) => c.step);
    expect(kept(5)).toEqual([5, 10, 15, 20, 25]);
    expect(kept(25)).toEqual([10, 15, 20, 25]);
    expect(kept(7)).toEqual([10, 15, 20, 25]);
  });

  it('a branch that was left goes, the best of before stays', () => {
    const before = {
      format: 'v-jepa-studio run folder 1' as const,
      ...about,
      checkpoints: [at(5, 1), at(10, 2), at(15, 3)],
    };
    expect(withCheckpoint(before, about, at(12, 4), null).checkpoints.map((c) => c.step)).toEqual([5, 10, 12]);
  });

  it('the loss of a checkpoint is the mean of twenty steps', () => {
    expect(recentLoss([])).toBeNull();
    expect(recentLoss([3, 5])).toBe(4);
    expect(recentLoss([100, ...Array.from({ length: 20 }, (_, i) => i)])).toBe(9.5);
  });
});

it('a lost manifest is made again from all sound checkpoints; of two at one step the one that was saved later', () => {
  const of = (step: number, savedAt: number, preset = 'nano') => ({
    about: { ...about, preset },
    checkpoint: { ...at(step, step / 100), file: `${step} of ${savedAt}`, savedAt },
  });
  const many = Array.from({ length: 12 }, (_, i) => of(i + 1, 100 + i));
  const manifest = rebuilt([of(30, 500), of(20, 302), of(20, 301), of(40, 200, 'newest'), ...many]);
  expect(manifest?.checkpoints.map((c) => c.step)).toEqual([...many.map((c) => c.checkpoint.step), 20, 30, 40]);
  expect(manifest).toMatchObject({ ...about, preset: 'newest' });
  expect(manifest?.checkpoints.at(-3)).toMatchObject({ file: '20 of 302', savedAt: 302, loss: 0.2 });
  expect(rebuilt([])).toBeNull();
});

it('a manifest of any other form is none', () => {
  const entry = { file: 'x', step: 1, bytes: 1, sha256: 'a', savedAt: 1, loss: 1 };
  const sound = { format: 'v-jepa-studio run folder 1', ...about, checkpoints: [] };
  const read = (v: unknown) => readManifest(new TextEncoder().encode(JSON.stringify(v)));
  expect(read(sound)).toEqual(sound);
  for (const other of [
    null,
    [],
    { ...sound, format: 'other' },
    { ...sound, total: -1 },
    { ...sound, clips: [] },
    { ...sound, checkpoints: [entry] },
    { ...sound, checkpoints: [null] },
  ])
    expect(read(other)).toBeNull();
});
