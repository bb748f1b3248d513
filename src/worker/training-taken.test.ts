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
        open: () => kept.open(runId),
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

  it('of a run that made room for another while its file was read again nothing is given out', async () => {
    const file = new DiskFile('swing.mp4');
    const { training, states } = await trainingOf(new FileLibrary([file, new DiskFile('fall.mp4')]));
    file.gone = true; // nothing of it can be saved
    await training.handle({ type: 'start', runId: 'a', config: tinyConfig(2), clipIds: ['swing.mp4'] });
    await expect.poll(() => states('a').at(-1), soon).toBe('finished');
    file.gone = false;
    let go = () => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    const read = vi.spyOn(file, 'arrayBuffer').mockImplementation(async () => {
      await gate;
      return new ArrayBuffer(8);
    });
    const asked = training.checkpoint('a');
    await expect.poll(() => read.mock.calls.length, soon).toBe(1);
    const other = training.handle({ type: 'start', runId: 'b', config: tinyConfig(2), clipIds: ['fall.mp4'] });
    await expect.poll(() => states('b').includes('running') || read.mock.calls.length > 1, soon).toBe(true);
    go();
    await other;
    await expect.poll(() => states('b').at(-1), soon).toBe('finished');
    expect(await asked).toBeNull();
    vi.restoreAllMocks();
    await training.close('b');
  });

  it('a step that cannot be made ends the run with all that the steps before it told, and they are saved', async () => {
    const { training, kept, rows, until } = await begun(100_000);
    await expect.poll(() => rows().length, soon).toBeGreaterThan(2);
    vi.spyOn(Pretraining.prototype, 'advance').mockRejectedValueOnce(new StudioError('video', 'No frame.', ''));
    await until('failed');
    const { step } = training.place('a');
    expect(rows().at(-1)!.step + 1).toBe(step);
    await training.close('a');
    expect(readCheckpoint((await kept.newest('a')).bytes).step).toBe(step);
    vi.restoreAllMocks();
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
