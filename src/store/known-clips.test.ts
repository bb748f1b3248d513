import { expect, it, vi } from 'vitest';
import type { ClipInfo, Event } from '../protocol/messages.ts';
import { showClip } from './actions.ts';
import { onOtherClip, showLinked } from './known-clips.ts';
import { patch, useStudio, type ViewedClip } from './studio.ts';

type Frames = Pick<Extract<Event, { type: 'clipFrames' }>, 'frames'>;
const asked = vi.hoisted(() => new Map<string, (answer: unknown) => void>());
vi.mock('./engine.ts', () => ({
  ask: (_answer: string, { clipId }: { clipId: string }) => new Promise((resolve) => asked.set(clipId, resolve)),
  send: () => {},
}));

const clip = (clipId: string, start = 0): ViewedClip => ({ clipId, name: clipId, start, side: 1, times: [], rgba: [] });

it('what was told of a clip is over once another one is shown, not while its window moves', () => {
  let over = 0;
  patch({ viewed: clip('a') });
  onOtherClip(() => over++);
  patch({ frame: 3 });
  patch({ viewed: clip('a', 8) });
  expect(over).toBe(0);
  patch({ viewed: clip('b') });
  patch({ viewed: clip('c') });
  expect(over).toBe(1);
});

it('a link leads to its moment only while its clip is on the stage', async () => {
  const frames = (clipId: string): Frames => ({
    frames: { clipId, start: 0, stride: 1, side: 1, times: Array<number>(8).fill(0), rgba: new Array(8) },
  });
  const drawn = (clipId: string) => ({ clipId, name: clipId, source: 'procedural' }) as ClipInfo;
  patch({ clips: [drawn('one'), drawn('two')], selected: null, frame: 0 });
  let shown = 0;
  showLinked(
    { clip: 'one', start: 0, frame: 5, token: 33 },
    () => {},
    () => shown++,
  );
  void showClip('two');
  for (const clipId of ['two', 'one']) asked.get(clipId)?.(frames(clipId));
  await vi.waitFor(() => expect(useStudio.getState().viewed?.clipId).toBe('two'));
  expect([useStudio.getState().selected, useStudio.getState().frame, shown]).toEqual([null, 0, 0]);
  showLinked(
    { clip: 'one', start: 0, frame: 5, token: 33 },
    () => {},
    () => shown++,
  );
  asked.get('one')?.(frames('one'));
  await vi.waitFor(() => expect(shown).toBe(1));
  expect([useStudio.getState().selected, useStudio.getState().frame]).toEqual([33, 5]);
});
