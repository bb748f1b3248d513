import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changeText, type LookLink, plainLook, readChange, readLookLink, writeLookLink } from './look-link.ts';

const other: LookLink = {
  run: 'quick-heron-12',
  at: 250,
  clip: `sha256:${'0f'.repeat(32)}`,
  name: 'a dog & a ball=100 %.mp4',
  start: 12,
  frame: 3,
  token: 0,
  set: 0,
  mode: 'features',
  quantity: 'skill',
  baseline: 'copy',
  kind: 'attention',
  network: 'encoder',
  layer: 0,
  head: 1,
  panes: 4,
  largest: 'errors-random',
  change: 'splice-12-40',
  other: `sha256:${'1e'.repeat(32)}`,
};

it('says only what differs from the usual look, and is read as it was written', () => {
  expect(writeLookLink(plainLook)).toBe('#look');
  expect(writeLookLink({ ...plainLook, mode: 'features', at: 40 })).toBe('#look&at=40&mode=features');
  expect(readLookLink(writeLookLink(other))).toEqual({ state: other, notes: [] });
  // a link that changes nothing is the screen itself
  expect(readLookLink('#look')).toBeNull();
  expect(readLookLink('#v=1')).toBeNull();
});

it('leaves out what it does not understand, and says so', () => {
  const read = readLookLink('#look&mode=dreams&at=-4&panes=3&largest=all&colour=red&head=2&name=%E0%A4%A&__proto__=1')!;
  expect(read.state).toEqual({ ...plainLook, head: 2 });
  expect(read.notes).toHaveLength(7);
  expect(read.notes.slice(0, 5)).toEqual([
    "The link's field mode is “dreams”, not errors or features: it is left out.",
    "The link's field at is “-4”, not a whole number from 0 to 4294967295: it is left out.",
    "The link's field panes is “3”, not 1, 2 or 4: it is left out.",
    expect.stringMatching(/^The link's field largest is “all”, not \S+.* or \S+: it is left out\.$/),
    "The link's field colour is “red”, which is not understood: it is left out.",
  ]);
});

it('a change is what was done and where, and nothing else', () => {
  const change = { kind: 'teleport', from: 0, to: 16 } as const;
  expect(changeText(change)).toBe('teleport-0-16');
  expect(readChange(changeText(change))).toEqual(change);
  for (const text of [
    'teleport-16-16',
    'teleport-1',
    'teleport--1-3',
    'melt-1-3',
    'teleport-1-3-4',
    'teleport-1-99999999999',
  ])
    expect(readChange(text), text).toBeNull();
  expect(readLookLink('#look&change=melt-1-3')).toEqual({
    state: plainLook,
    notes: [
      expect.stringMatching(
        /^The link's field change is “melt-1-3”, not freeze, .*its first frame.*: it is left out\.$/,
      ),
    ],
  });
});

it('no text breaks it', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400 }), (text) => {
      const read = readLookLink(`#look&${text}`)!;
      expect(Object.keys(read.state).sort()).toEqual(Object.keys(plainLook).sort());
      expect(readLookLink(writeLookLink(read.state))?.state ?? plainLook).toEqual(read.state);
    }),
  );
});
