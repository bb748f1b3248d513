import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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
