import { describe, expect, it } from 'vitest';
import { branchPoint, branchProblem, readLineage, stretches } from './lineage.ts';
import { predicting, preset } from './presets.ts';

const a = preset('nano');
const b = { ...a, optim: { ...a.optim, lr: 1e-4 } };
const c = { ...b, maskCut: 'official' as const };
const lineage = [
  { runId: 'run-a', config: a, changes: [{ step: 3, lr: 0.1 }], step: 10 },
  { runId: 'run-b', config: b, changes: [], step: 10 },
];

describe('the steps of a branch of a branch', () => {
  it('each with the settings of the run that took it', () => {
    const long = [...lineage, { runId: 'run-c', config: c, changes: [], step: 25 }];
    const last = { config: a, changes: [{ step: 30, ema: 0.5 }] };
    expect(stretches(long, last, 40)).toEqual([
      { from: 0, until: 10, config: a, changes: [{ step: 3, lr: 0.1 }] },
      // run-b took no step of its own before run-c began
      { from: 10, until: 25, config: c, changes: [] },
      { from: 25, until: 40, ...last },
    ]);
    const epochs = [
      { until: 10, ipe: a.optim.ipe },
      { until: 10, ipe: b.optim.ipe },
      { until: 25, ipe: c.optim.ipe },
    ];
    expect(branchPoint(long)).toEqual({ runId: 'run-c', step: 25, config: c, changes: [{ step: 3, lr: 0.1 }], epochs });
  });

  it('a run without ancestors is one stretch', () => {
    expect(stretches([], { config: a, changes: [] }, 7)).toEqual([{ from: 0, until: 7, config: a, changes: [] }]);
    expect(branchPoint([])).toBeNull();
  });
});

it('a branch is held against what was in force where it began, not what its parent began with', () => {
  const changes = [
    { step: 3, lr: 0.1 },
    { step: 7, ema: 0.5 },
    { step: 10, lr: 1000 }, // for a step that was not taken
  ];
  const point = branchPoint([...lineage, { runId: 'run-c', config: a, changes, step: 10 }]);
  expect(point).toMatchObject({ runId: 'run-c', step: 10, changes: [{ step: 3, lr: 0.1 }] });
  expect(point?.config).toEqual({ ...a, optim: { ...a.optim, lr: 0.1, ema: [0.5, a.optim.ema[1]] } });
  expect(branchPoint([])).toBeNull();
});

describe('settings of a branch', () => {
  it('may be anything that leaves the weights their places', () => {
    const other = {
      ...c,
      seed: 5,
      batchSize: 2,
      masks: [a.masks[0], { kind: 'tube' as const, ratio: 0.5 }],
      loss: { ...a.loss, sigreg: 0 },
      data: { ...a.data, samplingRate: 1 },
    };
    expect(branchProblem(a, other, 10)).toBeNull();
  });

  it.each([
    ['model.depth', { ...a, model: { ...a.model, depth: 4 } }, 'depth is 3 in the run and 4 in the settings'],
    ['model.frames', { ...a, model: { ...a.model, frames: 4 } }, 'frames is 8 in the run and 4'],
    ['loss.target', predicting(a, 'pixels'), 'what is predicted is features in the run and pixels'],
    ['masks', { ...a, masks: [a.masks[0]] }, 'The run has 2 mask sets, the settings have 1'],
    ['optim.lr', { ...a, optim: { ...a.optim, lr: 3 } }, 'learning rate is 3'],
    ['optim.epochs', { ...a, optim: { ...a.optim, ipe: 5, epochs: 2 } }, 'has taken 10 steps'],
  ])('%s is refused by name', (field, child, sentence) => {
    const problem = branchProblem(a, child, 10);
    expect(problem?.field).toBe(field);
    expect(problem?.message).toContain(sentence);
  });
});

describe('from a file', () => {
  it('comes back as it went', () => {
    expect(readLineage(JSON.parse(JSON.stringify(lineage)))).toEqual(lineage);
  });

  it.each([
    [null],
    [[null]],
    [[{ ...lineage[0], runId: '../x' }]],
    [[{ ...lineage[0], changes: 3 }]],
    [[{ ...lineage[0], step: -1 }]],
    [[lineage[0], { ...lineage[1], step: 9 }]],
    [Array.from({ length: 65 }, () => lineage[0])],
  ])('refuses %#', (value) => {
    expect(readLineage(value)).toBeNull();
  });

  it('settings of an ancestor that are none are told', () => {
    expect(() => readLineage([{ ...lineage[0], config: {} }])).toThrow('stored settings are not sound');
  });
});
