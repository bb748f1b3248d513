// What is asked follows from what was chosen; what would mean little is said before it starts.

import { describe, expect, it } from 'vitest';
import { firstAsked } from '../core/drawn-look.ts';
import { preset } from '../core/presets.ts';
import { type SplitItem, splitItems } from '../core/splits.ts';
import type { ClipInfo } from '../protocol/messages.ts';
import { lastingNames } from '../video/labels.ts';
import { proceduralLabels } from '../video/procedural.ts';
import { type EvaluationChoices, fullProtocol, quickLook, useEvaluation, usualProtocol } from './evaluate.ts';
import { checkRequest, classCounts, drawnAxes, libraryAxes, requestOf } from './evaluation-request.ts';
import type { RunView } from './studio.ts';

const choices = (part: Partial<EvaluationChoices> = {}): EvaluationChoices => ({
  ...useEvaluation.getInitialState().choices,
  ...part,
});

const run = (step: number): RunView => ({
  runId: 'run-1',
  config: preset('tiny'),
  state: 'paused',
  clipIds: [],
  told: null,
  step,
  metrics: [],
  adapter: null,
  changes: [],
  parent: null,
  error: null,
  maps: { random: null, latest: null },
  mapPending: false,
  weightless: false,
});

const clip = (clipId: string, labels: Record<string, string>): ClipInfo => ({
  clipId,
  name: `${clipId}.mp4`,
  source: 'file',
  bytes: 1,
  container: 'mp4',
  codec: 'avc',
  width: 64,
  height: 64,
  rotation: 0,
  seconds: 1,
  frames: 24,
  framesPerSecond: 24,
  cachedFrames: 24,
  cacheStride: 1,
  warning: null,
  labels,
  poster: { width: 1, height: 1, rgba: new Uint8ClampedArray(4) },
});

const many = (n: number, folder: string): ClipInfo[] =>
  Array.from({ length: n }, (_, i) => clip(`${folder}-${i}`, { folder }));

const around = (clips: ClipInfo[] = [], step = 30) => ({
  run: run(step),
  config: preset('nano'),
  clips,
  kept: ['run-1', 'run-2'].map((runId) => ({ runId, label: `${runId} of nano` })),
});

const check = (c: EvaluationChoices, clips: ClipInfo[] = []) =>
  checkRequest(requestOf(c, around(clips)), classCounts(c, clips), clips);

describe('request', () => {
  it('asks about the run that has taken steps, with its own settings', () => {
    const request = requestOf(choices(), around());
    expect(request.runId).toBe('run-1');
    expect(request.config.preset).toBe('tiny');
    expect(request.sources).toEqual(['trained', 'random', 'colour', 'shuffled', 'still']);
    expect(request.network).toBe('target');
  });

  it('without one it asks about random weights, and about nothing that would need trained ones', () => {
    const request = requestOf(choices(), around([], 0));
    expect(request.runId).toBeNull();
    expect(request.config.preset).toBe('nano');
    expect(request.sources).toEqual(['random', 'colour']);
    expect(requestOf(choices({ weights: 'random' }), around()).runId).toBeNull();
  });

  it('a kept run stands beside a trained one, under the same probes; never beside itself or without a run', () => {
    const beside = (choice: Partial<EvaluationChoices>, steps = 30) =>
      requestOf(choices({ beside: 'run-2', ...choice }), around([], steps)).beside;
    expect(beside({})).toEqual({ runId: 'run-2', label: 'run-2 of nano' });
    expect(beside({ beside: 'run-1' })).toBeNull();
    expect(beside({ beside: 'gone' })).toBeNull();
    expect(beside({ task: 'finetune' })).toBeNull();
    expect(beside({}, 0)).toBeNull();
  });

  it('takes the labelled clips of the user, and the shares in order', () => {
    const clips = [...many(2, 'run'), clip('bare', {})];
    const request = requestOf(choices({ data: 'library', shares: [1, 0.05] }), around(clips));
    expect(request.data).toEqual({ kind: 'library', clipIds: ['run-0', 'run-1'], axis: 'folder', group: null });
    expect(request.shares).toEqual([0.05, 1]);
  });

  it('the ways to begin without reading differ as they say; what is chosen at first is one of them', () => {
    expect(usualProtocol(fullProtocol(choices()))).toEqual(choices());
    expect(usualProtocol(quickLook(choices()))).toEqual(choices());
    const quick = quickLook(choices({ task: 'finetune' }));
    expect([quick.task, quick.probes, quick.seeds, quick.shares]).toEqual(['probe', ['attentive', 'linear'], 1, [1]]);
    // what the recorded presets learn, and never more clips than were chosen
    expect([quick.drawn.axis, quick.drawn.clips]).toEqual(['direction', 192]);
    expect(quickLook(choices({ drawn: { ...choices().drawn, clips: 64 } })).drawn.clips).toBe(64);
    const full = fullProtocol(choices({ drawn: { ...choices().drawn, axis: 'direction' } }));
    expect([full.probes, full.seeds, full.shares]).toEqual([['attentive', 'linear', 'knn'], 3, [0.05, 0.1, 0.5, 1]]);
    expect(full.drawn.axis).toBe('direction');
    // official evaluation of videos: 8 segments × 3 views
    const mine = fullProtocol(choices({ data: 'library' }));
    expect([mine.segments, mine.views]).toEqual([8, 3]);
  });

  it.each([
    ['quick look', quickLook],
    ['usual', usualProtocol],
    ['full', fullProtocol],
  ])('%s asks about the clips and the split that were chosen', (_, begin) => {
    const asked: Partial<EvaluationChoices> = {
      weights: 'random',
      beside: 'run-2',
      data: 'library',
      library: { axis: 'person', group: 'place' },
      split: { train: 0.5, validation: 0.1, seed: 7 },
    };
    expect(begin(choices(asked))).toMatchObject(asked);
    const drawn = { seed: 4, clips: 192, axis: 'speed', noise: 0.2, background: 'textured' } as const;
    expect(begin(choices({ drawn })).drawn).toMatchObject({ ...drawn, clips: expect.any(Number) as unknown });
  });
});

describe('classes', () => {
  it('of drawn clips are those that the labels really have, and add up', () => {
    for (const [axis, classes] of Object.entries(drawnAxes)) {
      const seen = new Set(Array.from({ length: 48 }, (_, i) => proceduralLabels(1, i)[axis]));
      expect([...seen].sort()).toEqual([...classes].sort());
      const counts = classCounts(choices({ drawn: { ...choices().drawn, axis, clips: 101 } }), []);
      expect(counts.reduce((n, c) => n + c.clips, 0)).toBe(101);
      for (const c of counts) expect(c.train + c.validation + c.test).toBe(c.clips);
    }
  });

  it('of my clips are the labels that they carry', () => {
    const clips = [...many(10, 'run'), ...many(5, 'jump'), clip('bare', { person: 'a' })];
    expect(libraryAxes(clips)).toEqual(['folder', 'person']);
    expect(classCounts(choices({ data: 'library' }), clips)).toEqual([
      { name: 'jump', clips: 5, train: 3, validation: 1, test: 1 },
      { name: 'run', clips: 10, train: 6, validation: 2, test: 2 },
    ]);
  });
});

describe('classes as they are parted', () => {
  const parted = (c: EvaluationChoices, clips: ClipInfo[], items: SplitItem[]) => {
    const { classes, counts } = splitItems(items, c.split, c.split.seed);
    expect(classCounts(c, clips)).toEqual(
      classes.map((name, i) => {
        const [train, validation, test] = counts[i];
        return { name, clips: train + validation + test, train, validation, test };
      }),
    );
    return counts;
  };

  it('of drawn clips are those of the evaluation, where shares do not divide', () => {
    const c = choices({ drawn: { ...choices().drawn, clips: 101 }, split: { train: 0.55, validation: 0.15, seed: 3 } });
    const items = Array.from({ length: 101 }, (_, i) => {
      const index = firstAsked + i;
      return { id: `drawn ${index}`, label: proceduralLabels(c.drawn.seed, index).direction, group: null };
    });
    const counts = parted(c, [], items);
    // what one class owes another pays: classes of as many clips are not parted alike
    expect(new Set(counts.map((n) => n.join(' '))).size).toBeGreaterThan(2);
  });

  it('of my clips keep groups whole, and a name that comes twice is told apart', () => {
    const clips = ['run', 'jump'].flatMap((folder) =>
      Array.from({ length: 9 }, (_, i) => ({
        ...clip(`${folder}-${i}`, { folder, person: `p${i < 5 ? 0 : i < 8 ? 1 : 2}` }),
        name: `${i % 8}.mp4`,
      })),
    );
    const c = choices({ data: 'library', library: { axis: 'folder', group: 'person' } });
    const items = clips.map(({ labels, name }, i) => ({
      id: `${labels.folder}/${name}${i % 9 === 8 ? ' 1' : ''}`,
      label: labels.folder,
      group: labels.person,
    }));
    // 5, 3 and 1 clips of a person, who is nowhere torn apart: nothing like 0.6, 0.2 and 0.2 of nine
    for (const counts of parted(c, clips, items)) expect([...counts].sort((a, b) => a - b)).toEqual([1, 3, 5]);
    expect(lastingNames(['a', 'a', 'a 1', 'a'].map((name) => ({ name, labels: {} })))).toEqual([
      '/a',
      '/a 1',
      '/a 1 1',
      '/a 2',
    ]);
  });

  it('names classes also where nothing can be parted', () => {
    for (const split of [
      { train: 0.9, validation: 0.3, seed: 0 },
      { train: Number.NaN, validation: 0.2, seed: Number.NaN },
    ])
      expect(classCounts(choices({ data: 'library', split }), many(3, 'run'))).toEqual([
        { name: 'run', clips: 3, train: 0, validation: 0, test: 0 },
      ]);
    expect(classCounts(choices({ drawn: { ...choices().drawn, seed: Number.NaN } }), [])).toHaveLength(8);
    expect(classCounts(choices({ drawn: { ...choices().drawn, clips: 1e9 } }), [])).toEqual([]);
  });
});

describe('before the start', () => {
  it('nothing is wrong with what the screen begins with', () => {
    expect(check(choices())).toEqual({ obstacles: [], warnings: [] });
  });

  it.each<[string, Partial<EvaluationChoices>]>([
    ['clips', { drawn: { ...choices().drawn, clips: Number.NaN } }],
    ['split', { split: { train: 0.8, validation: 0.2, seed: 0 } }],
    ['probes', { probes: [] }],
    ['sources', { sources: [] }],
    ['shares', { shares: [] }],
    ['seeds', { seeds: 0 }],
    // what is no seed of its own: 0.5 would be that of 0, and nothing would be written as null
    ['splitSeed', { split: { train: 0.6, validation: 0.2, seed: NaN } }],
    ['drawnSeed', { drawn: { ...choices().drawn, seed: 0.5 } }],
    ['drawnSeed', { drawn: { ...choices().drawn, seed: -3 } }],
    ['task', { task: 'detect', data: 'library' }],
    ['lr', { recipe: { ...choices().recipe, lr: 0 } }],
    ['axis', { data: 'library', library: { axis: 'species', group: null } }],
  ])('%s is refused by name', (field, part) => {
    const { obstacles } = check(choices(part), [...many(30, 'run'), ...many(30, 'jump')]);
    expect(obstacles.map((o) => o.field)).toEqual([field]);
  });

  it('one class is no question', () => {
    const { obstacles } = check(choices({ data: 'library' }), many(30, 'run'));
    expect(obstacles).toEqual([
      { field: 'axis', message: 'There is one class, “run”: add clips of a second one, or choose another label.' },
    ]);
  });

  it('a label that no clip carries any more: which others there are', () => {
    const chosen = choices({ data: 'library', library: { axis: 'class', group: null } });
    expect(check(chosen, many(4, 'run')).obstacles[0]).toEqual({
      field: 'axis',
      message:
        'None of my clips carries the label class: choose another label (folder), add a folder for each class, or a CSV with a path and a label a line.',
    });
    expect(check(chosen, []).obstacles[0].message).not.toContain('another label');
  });

  it('copies of one file are said, and kept on one side; under two labels too', () => {
    const clips = [...many(30, 'run'), ...many(30, 'jump')];
    for (const i of [1, 2]) clips[i] = { ...clips[i], copyOf: 'run-0' };
    const chosen = choices({ data: 'library' });
    const copies =
      'run/run-1.mp4, run/run-2.mp4 are copies of other clips of mine: copies stay on one side of the split.';
    expect(check(chosen, clips).warnings).toContain(copies);
    clips[40] = { ...clips[40], copyOf: 'run-0' };
    // also where the first of them is there no more
    expect(check(chosen, clips.slice(1)).warnings).toContainEqual(
      expect.stringMatching(/^jump\/jump-10\.mp4 stands under .*run\/run-1\.mp4/),
    );
    expect(check(chosen, clips).warnings).toContain(
      'jump/jump-10.mp4 stands under “jump” and, as run/run-0.mp4, under “run”: it is one file.',
    );
  });

  it('classes that are too small, clips without labels, one seed and a missing comparison are said', () => {
    const clips = [...many(30, 'run'), ...many(10, 'jump'), clip('bare', {})];
    const { obstacles, warnings } = check(
      choices({ data: 'library', seeds: 1, sources: ['trained'], shares: [0.05, 1] }),
      clips,
    );
    expect(obstacles).toEqual([]);
    expect(warnings).toEqual([
      'jump (2) has fewer than 5 test clips: add clips, or give the test a larger share.',
      '1 of my clips carries no label folder and is left out.',
      '5 % of the labels is less than one clip of the smallest class (6 training clips): each class keeps one.',
      'One seed has no spread: take at least three before you believe a difference.',
      'Without random weights nothing tells what the training added.',
    ]);
  });

  it('every share that leaves one clip of a class is named, and those that leave one of every class are one experiment', () => {
    // 6 and 18 training clips: 5 % are less than one of both, 10 % of the smaller, 50 % of none
    const clips = (most: number) => [...many(most, 'run'), ...many(10, 'jump')];
    const few = (most: number) =>
      check(choices({ data: 'library', shares: [0.05, 0.1, 0.5, 1] }), clips(most)).warnings.filter((w) =>
        w.includes(' %'),
      );
    const both =
      '5 % and 10 % of the labels are less than one clip of the smallest class (6 training clips): each class keeps one.';
    expect(few(30)).toEqual([both]);
    // in given boxes bodies are named from all labels, whatever shares were ticked for probes
    const boxes = check(choices({ data: 'library', shares: [0.05, 1], task: 'detect' }), clips(30));
    expect(boxes.warnings.filter((w) => w.includes(' %'))).toEqual([]);
    // one training clip of each
    const tiny = check(choices({ data: 'library', shares: [0.05, 0.1, 0.5, 1] }), [
      ...many(2, 'run'),
      ...many(2, 'jump'),
    ]);
    expect(tiny.warnings).toContain(
      'With 5 %, 10 %, 50 % and 100 % every class keeps one clip: they are the same experiment, so choose one of them.',
    );
    expect(few(10)).toEqual([
      both,
      'With 5 % and 10 % every class keeps one clip: they are the same experiment, so choose one of them.',
    ]);
  });
});
