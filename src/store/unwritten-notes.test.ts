import { beforeEach, expect, it, vi } from 'vitest';
import { stubStorage } from '../testing/memory-storage.ts';
import { noteArrived, noteLeaves, unwrittenNotes } from './unwritten-notes.ts';

let stored: Map<string, string>;
beforeEach(() => {
  stored = stubStorage();
});

it('holds changes until the last one of a run is written, later ones over earlier ones', () => {
  noteLeaves('run-1', { name: 'first', group: 'noise' });
  noteLeaves('run-1', { name: 'second' });
  noteLeaves('run-2', { leaves: null });
  expect(Object.fromEntries(unwrittenNotes())).toEqual({
    'run-1': { name: 'second', group: 'noise' },
    'run-2': { leaves: null },
  });
  noteArrived('run-1');
  expect(unwrittenNotes().has('run-1')).toBe(true);
  noteArrived('run-1');
  noteArrived('run-2');
  expect(unwrittenNotes().size).toBe(0);
  expect(stored.size).toBe(0);
});

it('leaves out what is no change', () => {
  noteLeaves('run-1', { hidden: true });
  const [place] = stored.keys();
  stored.set(place, JSON.stringify({ a: { name: 5 }, b: { pinned: true, other: 1 }, c: null, d: { name: 'd' } }));
  expect(Object.fromEntries(unwrittenNotes())).toEqual({ b: { pinned: true }, d: { name: 'd' } });
  for (const broken of ['{', 'null', '7', '']) {
    stored.set(place, broken);
    expect(unwrittenNotes().size).toBe(0);
  }
});

it('does without storage', () => {
  vi.stubGlobal('localStorage', {
    getItem: () => {
      throw new Error('off');
    },
  });
  noteLeaves('run-3', { name: 'x' });
  expect(unwrittenNotes().size).toBe(0);
  noteArrived('run-3');
});
