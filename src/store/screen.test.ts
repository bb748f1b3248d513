import { expect, it } from 'vitest';
import { chapters } from './lesson.ts';
import { lessonOf, lessonScreens, screenOf } from './screen.ts';

it('an address names its screen, a link leads to the mask lab, anything else to training', () => {
  expect(
    ['#masks', '#evaluate', '#runs', '#system', '#train', '', '#', '#masks2', '#v=1&preset=vit_large'].map(screenOf),
  ).toEqual(['masks', 'evaluate', 'runs', 'system', 'train', 'train', 'train', 'train', 'masks']);
  expect(screenOf('#look&mode=features')).toBe('look');
  expect(screenOf('#masks=banana')).toBe('masks');
  expect(['#masks', '#system', '#look', '#train', '', '#', '#masks2', '#v=1&preset=vit_large'].map(screenOf)).toEqual([
    'masks',
    'system',
    'look',
    'train',
    'train',
    'train',
    'train',
    'masks',
  ]);
});

it('a lesson is opened by its address, at any of its chapters', () => {
  expect(
    ['#lesson', '#lesson=1', '#lesson=4', '#lesson=0', '#lesson=12', '#lessons', '#train', ''].map(lessonOf),
  ).toEqual([0, 0, 3, 0, 8, null, null, null]);
  expect(['#lesson', '#lesson=6', '#lesson=8', '#lesson=9', '#lesson=0'].map(screenOf)).toEqual([
    'train',
    'look',
    'evaluate',
    'masks',
    'train',
  ]);
  expect(lessonScreens).toHaveLength(chapters.length);
});
