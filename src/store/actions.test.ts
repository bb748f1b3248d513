import { expect, it } from 'vitest';
import type { ClipInfo } from '../protocol/messages.ts';
import { clipBeside } from './actions.ts';

const clip = (clipId: string, source: ClipInfo['source']) => ({ clipId, source }) as ClipInfo;

it('the place of a video that goes is taken by the next one, by the one before the last, by a drawn clip of the only one', () => {
  const drawn = [clip('drawn 1', 'procedural'), clip('drawn 2', 'procedural')];
  const clips = [...drawn, clip('a', 'file'), clip('b', 'file'), clip('c', 'file')];
  expect(['a', 'b', 'c'].map((id) => clipBeside(clips, id)?.clipId)).toEqual(['b', 'c', 'b']);
  expect(clipBeside([...drawn, clip('a', 'file')], 'a')?.clipId).toBe('drawn 1');
  expect(clipBeside([clip('a', 'file')], 'a')).toBeUndefined();
});
