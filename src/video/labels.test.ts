import { expect, test } from 'vitest';
import { folderLabels, labelsTogether, relabelled } from './labels.ts';

test('the parent folder is the label', () => {
  expect(folderLabels('actions/wave_one_hand/a.mp4')).toEqual({ folder: 'wave_one_hand' });
  expect(folderLabels('/clips/b.webm')).toEqual({ folder: 'clips' });
  expect(folderLabels('./c.webm')).toEqual({});
  expect(folderLabels('d.mov')).toEqual({});
  expect(folderLabels('')).toEqual({});
});

test('what lies beside folders of videos has no label, a folder without others is one', () => {
  const paths = ['all/wave/a.mp4', 'all/lift/b.mp4', 'all/c.mp4', 'd.mp4', 'other/e.mp4'];
  expect(labelsTogether(paths)).toEqual([{ folder: 'wave' }, { folder: 'lift' }, {}, {}, { folder: 'other' }]);
});

test('a list of labels takes the place of the one before it', () => {
  const before = { folder: 'waves', class: 'left' };
  expect(relabelled(before, 'class', 'right')).toEqual({ folder: 'waves', class: 'right' });
  expect(relabelled(before, 'class', undefined)).toEqual({ folder: 'waves' });
  expect(relabelled({ folder: 'waves' }, 'class', 'left')).toEqual(before);
  expect(before).toEqual({ folder: 'waves', class: 'left' });
});
