import { expect, it, vi } from 'vitest';
import { preset } from '../core/presets.ts';
import type { ClipInfo } from '../protocol/messages.ts';
import { choose, useEvaluation } from './evaluate.ts';
import { askAboutOwn } from './evaluation-own.ts';
import { newRun, patch } from './studio.ts';

vi.mock('./engine.ts', () => ({ ask: () => new Promise(() => {}), send: () => {}, hear: () => {} }));

const clip = (clipId: string, source: ClipInfo['source'], folder?: string) =>
  ({ clipId, name: clipId, source, labels: folder ? { folder } : {} }) as unknown as ClipInfo;
const clips = [clip('a', 'file', 'left'), clip('b', 'file', 'right'), clip('c', 'file'), clip('d', 'procedural')];
const show = (runId: string, clipIds: string[]) =>
  patch({ clips, run: newRun({ runId, config: preset('nano'), clipIds }) });
const asked = () => useEvaluation.getState().choices;

it('a run on labelled folders is asked about them, and what is chosen then stays', () => {
  expect(asked().data).toBe('drawn');
  show('drawn', ['d']);
  askAboutOwn();
  show('one folder', ['a', 'c']);
  askAboutOwn();
  expect(asked().data).toBe('drawn');
  show('two folders', ['a', 'b']);
  askAboutOwn();
  expect(asked()).toMatchObject({ data: 'library', library: { axis: 'folder' } });
  // labels of a list stay what another run is asked about
  choose({ library: { axis: 'label', group: null } });
  show('the next', ['a', 'b']);
  askAboutOwn();
  expect(asked().library.axis).toBe('label');
  choose({ data: 'drawn' });
  askAboutOwn();
  expect(asked().data).toBe('drawn');
});
