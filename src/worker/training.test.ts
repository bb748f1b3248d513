import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StudioError } from '../core/errors.ts';
import { readCheckpoint } from '../tasks/checkpoint.ts';
import { DiskFile, FileLibrary } from '../testing/file-library.ts';
import { MemoryOrigin } from '../testing/memory-origin.ts';
import { tinyConfig, trainingOf } from '../testing/training-rig.ts';

let origin: MemoryOrigin;
beforeEach(() => {
  origin = new MemoryOrigin();
  vi.stubGlobal('navigator', origin.navigator);
});
afterEach(() => vi.unstubAllGlobals());

const soon = { timeout: 60_000 };

describe('a file of a run that cannot be read', () => {
  it('costs it saves, which say so, and nothing else', async () => {
    const file = new DiskFile('swing.mp4');
    file.gone = true;
    const { training, events, states } = await trainingOf(new FileLibrary([file]));
    await training.handle({ type: 'autosave', seconds: 0.02 });
    await training.handle({ type: 'start', runId: 'a', config: tinyConfig(100_000), clipIds: ['swing.mp4'] });
    const failures = () => events.flatMap((event) => (event.type === 'saveFailed' ? [event] : []));
    await expect.poll(() => failures().length, soon).toBeGreaterThan(2);
    expect(failures()[0].error).toMatchObject({
      code: 'video',
      message: expect.stringMatching(
        /^What the run had after \d+ steps was not saved: swing.mp4 cannot be read any more/,
      ),
      advice: expect.stringMatching(/Put the file back .* Training goes on, and the next save tries again\.$/),
    });
    // whoever asks for a checkpoint learns why there is none; a page that goes away asks for nothing
    await expect(training.checkpoint('a')).rejects.toThrow('swing.mp4 cannot be read any more');
    await training.handle({ type: 'save', runId: 'a' });
    expect(states('a')).toEqual(['preparing', 'running']);
    file.gone = false;
    await expect.poll(() => events.some(({ type }) => type === 'saved'), soon).toBe(true);
    expect((await training.checkpoint('a'))?.clips).toMatchObject([{ kind: 'file', name: 'swing.mp4' }]);
    await training.close('a');
    expect(states('a')).toEqual(['preparing', 'running', 'stopped']);
  });
});

describe('runs begin one after the other', () => {
  const begun = async () => {
    const rig = await trainingOf(new FileLibrary([new DiskFile('swing.mp4')]));
    const { training, kept } = rig;
    const start = (runId: string) =>
      training.handle({ type: 'start', runId, config: tinyConfig(100_000), clipIds: ['swing.mp4'] });
    const running = (runId: string) => expect.poll(() => rig.states(runId), soon).toContain('running');
    /** A run that trains, has its lock, and does not end before its folder is there. */
    const slow = async (runId: string) => {
      let found = () => {};
      const there = new Promise<void>((resolve) => (found = resolve));
      const open = kept.open(runId).then(async (opened) => {
        await there;
        return opened;
      });
      await training.begin({
        runId,
        config: tinyConfig(100_000),
        clipIds: ['swing.mp4'],
        from: null,
        saved: 0,
        open: () => open,
      });
      await running(runId);
      return found;
    };
    /** It ended here: its lock can be had. */
    const left = async (runId: string) => (await kept.open(runId)).close();
    return { ...rig, start, running, slow, left };
  };

  it('a stop that comes while the run before is still ending is not lost', async () => {
    const { training, states, start, slow, left } = await begun();
    const found = await slow('a');
    const b = start('b');
    await training.handle({ type: 'stop', runId: 'b' });
    expect(training.busy()).toBe(false);
    found();
    await b;
    await training.close('b');
    expect(states('a')).toEqual(['preparing', 'running', 'stopped']);
    expect(states('b')).toEqual(['stopped']);
    for (const runId of ['a', 'b']) await left(runId);
  });

  it('of two that begin meanwhile only the later one trains', async () => {
    const { training, states, start, running, slow, left } = await begun();
    const found = await slow('a');
    const both = [start('b'), start('c')];
    // time in which one that did not wait would train
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(states('c')).not.toContain('running');
    found();
    await Promise.all(both);
    await running('c');
    expect(states('a')).toEqual(['preparing', 'running', 'stopped']);
    expect(states('b')).toEqual(['stopped']);
    expect(training.place('c').begun).toBe(3);
    for (const runId of ['a', 'b']) await left(runId);
    await training.close('c');
    expect(states('c')).toEqual(['preparing', 'running', 'stopped']);
    await left('c');
    expect(() => training.place('c')).toThrow('There is no run c.');
  });

  it('a run that ends for another one can be taken up once it has given its lock back', async () => {
    const { training, kept, states, start, running, slow } = await begun();
    const found = await slow('a');
    const b = start('b');
    const open = training.close('a').then(() => kept.open('a'));
    setTimeout(found, 2000); // longer than a lock is waited for
    (await open).close();
    await b;
    await running('b');
    expect(states('a')).toEqual(['preparing', 'running', 'stopped']);
    await training.close('b');
  });
});

describe('a device that goes away', () => {
  const lost = new StudioError('gpu-lost', 'The GPU device was lost (unknown).', 'Start the run again.');

  it.each(['finished', 'stopped', 'paused'] as const)(
    'takes the weights of a %s run, not what was saved',
    async (state) => {
      const { training, gpu, kept, events, states } = await trainingOf(new FileLibrary([new DiskFile('swing.mp4')]));
      const config = tinyConfig(state === 'finished' ? 3 : 100_000);
      await training.handle({ type: 'start', runId: 'a', config, clipIds: ['swing.mp4'] });
      if (state === 'stopped') await training.handle({ type: 'stop', runId: 'a' });
      if (state === 'paused') await training.handle({ type: 'pause', runId: 'a' });
      await expect.poll(() => states('a').at(-1), soon).toBe(state);
      await expect.poll(() => events.some(({ type }) => type === 'saved'), soon).toBe(true);
      const before = await training.checkpoint('a');
      gpu.onLost(lost);
      expect(states('a').at(-1)).toBe(state === 'paused' ? 'failed' : state);
      // callers take the newest that is kept
      expect(await training.checkpoint('a')).toBeNull();
      expect(readCheckpoint((await kept.newest('a')).bytes).step).toBe(before?.step);
      const gone = { code: 'gpu-lost', advice: expect.stringContaining('Take the run up again') };
      for (const weights of ['current', 'random', before!.step] as const)
        await expect(training.networks('a', weights)).rejects.toMatchObject(gone);
      await expect(training.encoder('a', 'target')).rejects.toMatchObject(gone);
      const map = {
        type: 'map',
        requestId: 'm',
        runId: 'a',
        weights: 'current',
        clipId: 'swing.mp4',
        start: 0,
      } as const;
      await expect(training.handle({ ...map, masks: [] })).rejects.toMatchObject(gone);
      await training.close('a');
    },
  );

  it('ends a run that waits for the one before it too, as the page is told that there is no device', async () => {
    const { training, gpu, kept, states } = await trainingOf(new FileLibrary([new DiskFile('swing.mp4')]));
    const beginning = { config: tinyConfig(100_000), clipIds: ['swing.mp4'], from: null, saved: 0 };
    let found = () => {};
    const there = new Promise<void>((resolve) => (found = resolve));
    await training.begin({ ...beginning, runId: 'a', open: () => there.then(() => kept.open('a')) });
    const b = training.begin({ ...beginning, runId: 'b', open: () => kept.open('b') });
    gpu.onLost(lost);
    found();
    await b;
    expect(states('b')).toEqual(['failed']);
    await training.close('b');
    for (const runId of ['a', 'b']) (await kept.open(runId)).close();
  });
});
