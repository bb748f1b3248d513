import { expect, test } from 'vitest';
import { folderLabels, relabelled } from './labels.ts';

test('the parent folder is the label', () => {
  expect(folderLabels('actions/wave_one_hand/a.mp4')).toEqual({ folder: 'wave_one_hand' });
  expect(folderLabels('/clips/b.webm')).toEqual({ folder: 'clips' });
  expect(folderLabels('./c.webm')).toEqual({});
  expect(folderLabels('d.mov')).toEqual({});
  expect(folderLabels('')).toEqual({});
});

test('a list of labels takes the place of the one before it', () => {
  const before = { folder: 'waves', class: 'left' };
  expect(relabelled(before, 'class', 'right')).toEqual({ folder: 'waves', class: 'right' });
  expect(relabelled(before, 'class', undefined)).toEqual({ folder: 'waves' });
  expect(relabelled({ folder: 'waves' }, 'class', 'left')).toEqual(before);
  expect(before).toEqual({ folder: 'waves', class: 'left' });
});
