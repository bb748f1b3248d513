import { expect, test } from 'vitest';
import { folderLabels } from './labels.ts';

test('the parent folder is the label', () => {
  expect(folderLabels('actions/wave_one_hand/a.mp4')).toEqual({ folder: 'wave_one_hand' });
  expect(folderLabels('/clips/b.webm')).toEqual({ folder: 'clips' });
  expect(folderLabels('./c.webm')).toEqual({});
  expect(folderLabels('d.mov')).toEqual({});
  expect(folderLabels('')).toEqual({});
});
