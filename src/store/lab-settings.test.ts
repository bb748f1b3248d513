import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunConfig } from '../core/config.ts';
import { withField } from '../core/config-diff.ts';
import { multiBlock, preset } from '../core/presets.ts';
import {
  changedSettings,
  changeLab,
  changeMask,
  endStep,
  loadSettings,
  redo,
  resetField,
  startFrom,
  undo,
} from './lab-settings.ts';
import { patchLab, useLab } from './lab.ts';
import { patch, useStudio } from './studio.ts';

const start = (): RunConfig => preset('vit_tiny');
const now = () => useStudio.getState().labConfig;
const set = (field: string, value: number) => changeLab(withField(now(), field, value), field);

beforeEach(() => {
  // statistics go to a worker that never answers
  vi.stubGlobal(
    'Worker',
    class extends EventTarget {
      postMessage(): void {}
    },
  );
  // the clock of joined steps
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  patch({ screen: 'masks', labConfig: start(), maskSet: 0, draw: 0, problem: null, demo: false, viewed: null });
  patchLab({ past: [], future: [], base: start(), file: null, notes: [] });
  endStep();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('undo', () => {
  it('takes changes back one by one, and forth again', () => {
    set('batchSize', 8);
    set('seed', 5);
    set('masks.0.blocks', 4);
    undo();
    undo();
    expect(now()).toEqual(withField(start(), 'batchSize', 8));
    redo();
    expect(now()).toEqual({ ...start(), batchSize: 8, seed: 5 });
    undo();
    undo();
    undo();
    expect(now()).toEqual(start());
    redo();
    redo();
    redo();
    redo();
    expect(now().masks[0]).toEqual({ ...multiBlock(8, 0.15), blocks: 4 });
  });

  it('a new change ends what could be redone', () => {
    set('seed', 5);
    undo();
    set('seed', 6);
    redo();
    expect(now().seed).toBe(6);
    undo();
    expect(now()).toEqual(start());
  });

  it('a slider that is dragged is one step, a pause or another field begins the next', () => {
    for (let seed = 1; seed <= 5; seed++) {
      vi.advanceTimersByTime(100);
      set('seed', seed);
    }
    vi.advanceTimersByTime(1000);
    set('seed', 9);
    set('batchSize', 3);
    const steps = [];
    while (useLab.getState().past.length) {
      undo();
      steps.push([now().seed, now().batchSize]);
    }
    expect(steps).toEqual([
      [9, start().batchSize],
      [5, start().batchSize],
      [start().seed, start().batchSize],
    ]);
  });

  it('a stroke is one step however long it takes', () => {
    endStep(true);
    for (const tokens of [[1], [1, 2], [1, 2, 3]]) {
      changeMask({ kind: 'painted', grid: { t: 8, h: 14, w: 14 }, tokens }, 'tokens');
      vi.advanceTimersByTime(5000);
    }
    endStep();
    changeMask({ kind: 'painted', grid: { t: 8, h: 14, w: 14 }, tokens: [7] }, 'tokens');
    undo();
    expect(now().masks[0]).toMatchObject({ tokens: [1, 2, 3] });
    undo();
    expect(now()).toEqual(start());
  });

  it('remembers a bounded number of steps', () => {
    for (let i = 1; i <= 300; i++) {
      endStep();
      set('seed', i);
    }
    expect(useLab.getState().past).toHaveLength(200);
    for (let i = 0; i < 300; i++) undo();
    expect(now().seed).toBe(100);
  });
});

describe('what changed', () => {
  it('is told against the start, a set of another kind as one change', () => {
    const config = { ...start(), batchSize: 9, masks: [start().masks[0], { kind: 'tube' as const, ratio: 0.9 }] };
    expect([...changedSettings(start(), config)].sort()).toEqual(['batchSize', 'masks.1.kind']);
    expect([...changedSettings(start(), start())]).toEqual([]);
  });

  it('is put back field by field, a set of another kind as a whole', () => {
    set('batchSize', 9);
    set('optim.lr', 0.5);
    changeMask({ kind: 'tube', ratio: 0.5 }, 'kind');
    resetField('batchSize');
    expect(now()).toEqual({
      ...withField(start(), 'optim.lr', 0.5),
      masks: [{ kind: 'tube', ratio: 0.5 }, start().masks[1]],
    });
    resetField('masks.0.kind');
    resetField('optim.lr');
    expect(now()).toEqual(start());
    changeLab({ ...now(), masks: [...now().masks, multiBlock(1, 0.1)] }, 'masks');
    resetField('masks');
    expect(now()).toEqual(start());
  });

  it('starting over moves the mark', () => {
    startFrom(preset('nano'), 'settings of Train');
    expect(useLab.getState().origin).toBe('settings of Train');
    undo();
    startFrom(preset('nano'));
    expect(useLab.getState().origin).toBeNull();
    expect([...changedSettings(useLab.getState().base, now())]).toEqual([]);
    undo();
    expect(now()).toEqual(start());
  });
});

describe('files', () => {
  it('an official YAML fills the fields and can be undone; what was told and measured before is gone', async () => {
    patch({ problem: { code: 'format', message: 'of a file before', advice: '' } });
    patchLab({ notes: ['of a file before'], statisticsProblem: 'of the settings before' });
    await loadSettings(new File(['data: {batch_size: 24, crop_size: 112}\nmask:\n- num_blocks: 3\n'], 'a.yaml'));
    expect(now()).toMatchObject({ batchSize: 24, model: { crop: 112 } });
    expect(now().masks).toEqual([{ ...multiBlock(8, 0.15), blocks: 3 }]);
    expect(useLab.getState().file).toMatchObject({
      name: 'a.yaml',
      version: 1,
      filled: expect.arrayContaining(['batchSize']),
    });
    expect(useStudio.getState().problem).toBeNull();
    expect(useLab.getState()).toMatchObject({ notes: [], statistics: null, statisticsProblem: null });
    // the file goes and comes with its settings: what is saved must not get the text of another one
    const [loaded, base] = [useLab.getState().file, useLab.getState().base];
    undo();
    expect(now()).toEqual(start());
    expect(useLab.getState()).toMatchObject({ file: null, base: start() });
    redo();
    expect(useLab.getState()).toMatchObject({ file: loaded, base });
    startFrom(preset('nano'), 'a link');
    undo();
    expect(useLab.getState()).toMatchObject({ file: loaded, base, origin: null });
  });

  it('a broken one says why, changes nothing and leaves the screen as it is', async () => {
    patch({ screen: 'train' });
    vi.stubGlobal('location', { hash: '#train' });
    await loadSettings(new File(['data: [1\n'], 'a.yaml'));
    expect(useStudio.getState().problem?.message).toMatch(/^a\.yaml: .*line 2/);
    expect(now()).toEqual(start());
    expect(location.hash).toBe('#train');
    await loadSettings(new File(['data: {crop_size: 112}\n'], 'b.yaml'));
    expect(location.hash).toBe('#masks');
    expect(useStudio.getState().problem).toBeNull();
    // what was dropped beside it is told behind it
    const told = { code: 'format', message: 'Of 2 files only one.', advice: '' } as const;
    await loadSettings(new File(['data: {crop_size: 112}\n'], 'b.yaml'), told);
    expect(useStudio.getState().problem).toEqual(told);
  });
});
