import { expect, it } from 'vitest';
import { noNote, readNote, withNote, writeNote } from './run-note.ts';

const note = {
  name: 'äh – 1',
  notes: 'two\nlines',
  group: 'noise',
  pinned: 40,
  hidden: true,
  leaves: 1_700_000_000_000,
};

it('comes back as it was written', () => {
  expect(readNote(writeNote(note))).toEqual(note);
  expect(readNote(writeNote(noNote))).toEqual(noNote);
});

it('refuses whatever is not whole', () => {
  const bytes = writeNote(note);
  for (let cut = 0; cut < bytes.length; cut++) expect(readNote(bytes.subarray(0, cut))).toBeNull();
  const sound = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  const wrong: Record<string, unknown>[] = [
    { format: 'v-jepa-studio run note 2' },
    { name: 'x'.repeat(81) },
    { name: null },
    { notes: 'x'.repeat(4001) },
    { group: 7 },
    { pinned: -1 },
    { pinned: 1.5 },
    { pinned: true },
    { hidden: 0 },
    { leaves: 'now' },
    { leaves: undefined },
  ];
  for (const part of wrong)
    expect(readNote(new TextEncoder().encode(JSON.stringify({ ...sound, ...part }))), JSON.stringify(part)).toBeNull();
  for (const other of ['null', '[]', '7', '""']) expect(readNote(new TextEncoder().encode(other))).toBeNull();
});

it('changes what is named, within its bounds; a pin holds the newest checkpoint', () => {
  expect(withNote(note, {}, 90)).toEqual(note);
  expect(withNote(note, { name: '  a\n b ', notes: 'n'.repeat(5000) }, 90)).toEqual({
    ...note,
    name: 'a b',
    notes: 'n'.repeat(4000),
  });
  expect(withNote(note, { pinned: true }, 90).pinned).toBe(90);
  expect(withNote(note, { pinned: false }, 90).pinned).toBeNull();
  expect(withNote(note, { pinned: true }, null).pinned).toBeNull();
  expect(withNote(note, { leaves: null, hidden: false }, 90)).toEqual({ ...note, leaves: null, hidden: false });
  expect(readNote(writeNote(withNote(noNote, { name: 'x'.repeat(500), group: 'y'.repeat(500) }, 1)))).not.toBeNull();
});

it('that a run broke stays until it is told anew, and what is no such thing is left out', () => {
  const broke = { step: 41, code: 'non-finite' };
  const told = withNote(note, { broke }, 40);
  expect(readNote(writeNote(told))).toEqual({ ...note, broke });
  expect(withNote(told, { name: 'b' }, 40).broke).toEqual(broke);
  for (const other of [7, { step: -1, code: 'x' }, { step: 3 }])
    expect(
      readNote(new TextEncoder().encode(JSON.stringify({ ...told, format: 'v-jepa-studio run note 1', broke: other }))),
    ).toEqual(note);
});
