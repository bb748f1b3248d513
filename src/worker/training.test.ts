import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StudioError } from '../core/errors.ts';
import { readCheckpoint } from '../tasks/checkpoint.ts';
import { Pretraining } from '../tasks/pretrain.ts';
import { DiskFile, FileLibrary } from '../testing/file-library.ts';
import { MemoryOrigin } from '../testing/memory-origin.ts';
import { sampleCheck, sampleFeatures } from '../testing/samples.ts';
import { tinyConfig, trainingOf } from '../testing/training-rig.ts';
import { SnapshotReader } from '../train/snapshot.ts';
import { Trainer } from '../train/trainer.ts';
import { RunHealth } from './health.ts';

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
        open,
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
    await training.begin({ ...beginning, runId: 'a', open: there.then(() => kept.open('a')) });
    const b = training.begin({ ...beginning, runId: 'b', open: kept.open('b') });
    gpu.onLost(lost);
    found();
    await b;
    expect(states('b')).toEqual(['failed']);
    await training.close('b');
    for (const runId of ['a', 'b']) (await kept.open(runId)).close();
  });
});

describe('what a run has taken', () => {
  const begun = async (steps: number) => {
    const rig = await trainingOf(new FileLibrary([new DiskFile('swing.mp4')]));
    const { training, events, states } = rig;
    await training.handle({ type: 'start', runId: 'a', config: tinyConfig(steps), clipIds: ['swing.mp4'] });
    const rows = () => events.flatMap((event) => (event.type === 'metrics' ? event.rows : []));
    const until = (state: string) => expect.poll(() => states('a').at(-1), soon).toBe(state);
    const saves = () => events.flatMap((event) => (event.type === 'saved' ? [event.step] : []));
    return { ...rig, rows, until, saves };
  };

  it('of steps that broke none is counted, also of those that were on their way', async () => {
    const { training, events, rows, until } = await begun(100_000);
    await expect.poll(() => rows().length, soon).toBeGreaterThan(2);
    await training.handle({ type: 'change', requestId: 'c', runId: 'a', setting: { lr: 1000 } });
    await until('failed');
    const ended = events.findLast((event) => event.type === 'runState');
    expect(ended).toMatchObject({ error: { code: 'non-finite' }, step: rows().at(-1)!.step + 1 });
    expect(training.place('a').step).toBe(rows().at(-1)!.step + 1);
    await training.close('a');
  });

  it('a run that was trained elsewhere says so, and both once it took a step here', async () => {
    const { training, rows, kept } = await begun(100_000);
    await expect.poll(() => rows().length, soon).toBeGreaterThan(2);
    const made = (await training.checkpoint('a'))!;
    expect(made.adapter).toBe('test');
    const begin = (runId: string, steps: number) =>
      training.begin({
        runId,
        config: tinyConfig(steps),
        clipIds: ['swing.mp4'],
        from: { ...made, adapter: 'other' },
        saved: made.step,
        open: kept.open(runId),
      });
    const adapterOf = async (runId: string) => (await training.checkpoint(runId))?.adapter;
    await begin('whole', made.step);
    await expect.poll(() => adapterOf('whole'), soon).toBe('other');
    await begin('on', 100_000);
    await expect.poll(() => adapterOf('on'), soon).toBe('other, then test');
    await training.close('on');
  });

  it('the list of kept runs says which step a run broke in', async () => {
    const { training, events, rows, until, saves } = await begun(100_000);
    await training.handle({ type: 'autosave', seconds: 0.02 });
    await expect.poll(() => saves().length, soon).toBeGreaterThan(0);
    await training.handle({ type: 'change', requestId: 'c', runId: 'a', setting: { lr: 1000 } });
    await until('failed');
    const broke = () => {
      const told = events.findLast((event) => event.type === 'kept');
      return told?.type === 'kept' ? told.runs.find((run) => run.runId === 'a')?.note.broke : undefined;
    };
    await expect.poll(broke, soon).toEqual({ step: rows().at(-1)!.step + 2, code: 'non-finite' });
    await training.close('a');
  });

  it('a step in slow motion of which nothing was begun leaves the run where it is', async () => {
    const { training, rows, until, states } = await begun(100_000);
    await expect.poll(() => rows().length, soon).toBeGreaterThan(2);
    vi.spyOn(Trainer.prototype, 'submitSlowly').mockRejectedValueOnce(new StudioError('config', 'Not taken.', ''));
    const asked = training.handle({ type: 'slowly', requestId: 'q', runId: 'a' });
    await expect(asked).rejects.toThrow('Not taken.');
    await until('paused');
    const { step } = training.place('a');
    await training.handle({ type: 'resume', runId: 'a' });
    await expect.poll(() => rows().at(-1)!.step, soon).toBeGreaterThan(step);
    expect(rows().map((row) => row.step)).toContain(step);
    expect(states('a')).not.toContain('failed');
    vi.restoreAllMocks();
    await training.close('a');
  });

  it('what is changed while a paused run is being saved is saved with it', async () => {
    const { training, kept, rows, saves } = await begun(100_000);
    await expect.poll(() => rows().length, soon).toBeGreaterThan(2);
    let go = () => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    const snapshot = vi.spyOn(SnapshotReader.prototype, 'bytes').mockImplementationOnce(async () => {
      await gate; // a large model is long in reading
      return new ArrayBuffer(8);
    });
    await training.handle({ type: 'pause', runId: 'a' });
    await expect.poll(() => snapshot.mock.calls.length, soon).toBe(1);
    await training.handle({ type: 'change', requestId: 'c', runId: 'a', setting: { lr: 0.00123 } });
    go();
    await expect.poll(() => saves().length, soon).toBeGreaterThan(0);
    await training.handle({ type: 'save', runId: 'a' }); // the page goes away
    const { step, changes } = readCheckpoint((await kept.newest('a')).bytes);
    expect(changes).toEqual([{ step, lr: 0.00123 }]);
    vi.restoreAllMocks();
    await training.close('a');
  });

  it('the last check of its health is kept with a finished run, also where its last step was saved before', async () => {
    vi.spyOn(RunHealth.prototype, 'check').mockImplementation(async function (this: RunHealth, step) {
      if (step !== undefined) this.rows = [...this.rows, sampleCheck(step, sampleFeatures)];
    });
    const rig = await trainingOf(new FileLibrary([new DiskFile('swing.mp4')]));
    const { training, kept, states } = rig;
    // a save is due in every round, as where a step takes longer than the time between two saves
    await training.handle({ type: 'autosave', seconds: 0 });
    await training.handle({ type: 'start', runId: 'a', config: tinyConfig(1), clipIds: ['swing.mp4'] });
    await expect.poll(() => states('a').at(-1), soon).toBe('finished');
    await training.close('a');
    const { step, health } = readCheckpoint((await kept.newest('a')).bytes);
    expect(health.map((row) => row.step)).toEqual([step]);
    vi.restoreAllMocks();
  });

  it('a run whose read-back ended before the GPU was said to be lost is listed as one that lost it', async () => {
    const { training, gpu, events, rows, until, saves } = await begun(100_000);
    await training.handle({ type: 'autosave', seconds: 0.02 });
    await expect.poll(() => saves().length, soon).toBeGreaterThan(0);
    vi.spyOn(Trainer.prototype, 'submit').mockImplementation(async () => ({
      result: Promise.reject(new DOMException('mapAsync failed', 'AbortError')),
    }));
    await until('failed');
    gpu.onLost(new StudioError('gpu-lost', 'The GPU device was lost (unknown).', 'Start the run again.'));
    const broke = () => {
      const told = events.findLast((event) => event.type === 'kept');
      return told?.type === 'kept' ? told.runs.find((run) => run.runId === 'a')?.note.broke : undefined;
    };
    await expect.poll(broke, soon).toEqual({ step: rows().at(-1)!.step + 2, code: 'gpu-lost' });
    vi.restoreAllMocks();
    await training.close('a');
  });

  it('stopped before its slow step began, a run takes none', async () => {
    const { training, rows, until } = await begun(100_000);
    await expect.poll(() => rows().length, soon).toBeGreaterThan(2);
    const slowly = vi.spyOn(Trainer.prototype, 'submitSlowly');
    const asked = training.handle({ type: 'slowly', requestId: 'q', runId: 'a' });
    await training.handle({ type: 'stop', runId: 'a' });
    await expect(asked).rejects.toThrow('The run ended before its slow step.');
    await until('stopped');
    expect(slowly).not.toHaveBeenCalled();
    vi.restoreAllMocks();
    await training.close('a');
  });

  it('a run that is resumed while the last numbers before a pause come back goes on, and says so', async () => {
    const { training, states, rows, until } = await begun(100_000);
    await expect.poll(() => rows().length, soon).toBeGreaterThan(2);
    // some of these moments lie between the pause and its last number
    for (let wait = 0; wait < 40; wait += 4) {
      await training.handle({ type: 'pause', runId: 'a' });
      await new Promise((resolve) => setTimeout(resolve, wait));
      await training.handle({ type: 'resume', runId: 'a' });
      const before = rows().length;
      await expect.poll(() => rows().length, soon).toBeGreaterThan(before + 2);
      expect([states('a').at(-1), training.busy()]).toEqual(['running', true]);
    }
    await training.handle({ type: 'pause', runId: 'a' });
    await until('paused');
    await training.close('a');
  });

  it('a run that is resumed and paused again while it is saved rests, and says so', async () => {
    const { training, states, rows, until } = await begun(100_000);
    await expect.poll(() => rows().length, soon).toBeGreaterThan(2);
    let read = () => {};
    const reading = new Promise<void>((resolve) => (read = resolve));
    const snapshot = vi.spyOn(Pretraining.prototype, 'snapshot').mockImplementation(async () => {
      await reading;
      return null;
    });
    await training.handle({ type: 'pause', runId: 'a' });
    await expect.poll(() => snapshot.mock.calls.length, soon).toBe(1);
    await training.handle({ type: 'resume', runId: 'a' });
    await training.handle({ type: 'pause', runId: 'a' });
    read();
    await until('paused');
    expect([states('a').at(-1), training.busy()]).toEqual(['paused', false]);
    vi.restoreAllMocks();
    await training.close('a');
  });

  it('a save that comes while a run stops has its last numbers, and is written before the run gives its lock back', async () => {
    const { training, kept, rows } = await begun(100_000);
    await expect.poll(() => rows().length, soon).toBeGreaterThan(2);
    await training.handle({ type: 'stop', runId: 'a' });
    const saved = training.handle({ type: 'save', runId: 'a' });
    await training.close('a');
    await saved;
    const { step, metrics } = readCheckpoint((await kept.newest('a')).bytes);
    expect(metrics.map((row) => row.step)).toEqual(Array.from({ length: step }, (_, i) => i));
  });

  it('what an ended run could not keep is kept once there is room', async () => {
    const { training, events, rows, until, saves } = await begun(100_000);
    await expect.poll(() => rows().length, soon).toBeGreaterThan(2);
    origin.runs.get('a')!.quota = 0;
    await training.handle({ type: 'stop', runId: 'a' });
    await until('stopped');
    await expect.poll(() => events.some(({ type }) => type === 'saveFailed'), soon).toBe(true);
    origin.runs.get('a')!.quota = Infinity;
    await training.handle({ type: 'save', runId: 'a' });
    await expect.poll(saves, soon).toEqual([training.place('a').step]);
    await training.handle({ type: 'save', runId: 'a' }); // it is there
    await training.close('a');
    expect(saves()).toHaveLength(1);
  });
});
