import { expect, it } from 'vitest';
import { readLink, writeLink } from './link.ts';
import { mostName, nameInLink } from './link-name.ts';
import { plainLook, readLookLink, writeLookLink } from './look-link.ts';
import { preset } from './presets.ts';

const cut = `${'a'.repeat(mostName - 1)}😀.mp4`; // the cut goes through the middle of it
const place = { clip: null, start: 0, frame: 0, token: null, set: 0, draw: 0, view: '', compared: [] };

it('a name is cut between characters, and half of one is left out', () => {
  expect(nameInLink(cut)).toBe('a'.repeat(mostName - 1));
  expect(nameInLink('a\uDE00b\uD83D.mp4')).toBe('ab.mp4');
  expect(nameInLink('😀 flip 体操.mp4')).toBe('😀 flip 体操.mp4');
});

it('links of such clips can be written, and read again', () => {
  const lab = readLink(writeLink({ config: preset('nano'), clipName: cut, ...place }));
  expect(lab?.state.clipName).toBe(nameInLink(cut));
  const look = readLookLink(writeLookLink({ ...plainLook, name: cut }));
  expect(look?.state.name).toBe(nameInLink(cut));
});
