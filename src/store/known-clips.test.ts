import { expect, it } from 'vitest';
import { onOtherClip } from './known-clips.ts';
import { patch, type ViewedClip } from './studio.ts';

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
