// Which screen is open. The address remembers it, so that a reload, a bookmark and the back button lead to it.

import { followScene, showDraw, warmUp } from './actions.ts';
import { patch, sceneConfig, useStudio } from './studio.ts';

export const screens = ['train', 'masks', 'evaluate', 'look', 'runs', 'system'] as const;
export type Screen = (typeof screens)[number];

/** Screens of the lesson's chapters. */
export const lessonScreens: readonly Screen[] = [
  'train',
  'train',
  'train',
  'train',
  'train',
  'look',
  'look',
  'evaluate',
  'masks',
];

/**
 * Screen that an address names; a link to a state of the mask lab begins with its version, others with their screen. A chapter
 * of the lesson has its own.
 */
export function screenOf(hash: string): Screen {
  const chapter = lessonOf(hash);
  if (chapter !== null) return lessonScreens[chapter];
  const address = hash.replace(/^#/, '');
  if (address.startsWith('v=')) return 'masks';
  const [name] = address.split(/[&=]/);
  return screens.find((s) => s === name) ?? 'train';
}

/**
 * Chapter of the lesson that an address asks for, from 0; null where it asks for none: "#lesson", "#lesson=4". A number that
 * no chapter has gives the nearest one.
 */
export function lessonOf(hash: string): number | null {
  const found = /^#?lesson(?:=(\d+))?$/.exec(hash);
  return found ? Math.min(Math.max(Number(found[1] ?? 1), 1), lessonScreens.length) - 1 : null;
}

/** Opens a chapter, from 0. */
export function openChapter(chapter: number): void {
  location.hash = `lesson=${chapter + 1}`;
}

export function openScreen(screen: Screen): void {
  location.hash = screen;
}

let inLesson = false;

/** Whether the page was opened, or loaded again, in the middle of the lesson. */
export const beganInLesson = (): boolean => inLesson;

/** Shows the screen of the address now and whenever it changes. */
export function followAddress(): void {
  inLesson = lessonOf(location.hash) !== null;
  patch({ screen: screenOf(location.hash), lesson: lessonOf(location.hash) });
  addEventListener('hashchange', () => {
    const before = sceneConfig(useStudio.getState());
    const { screen, demo } = useStudio.getState();
    // another screen begins at its top, however far down one was on a phone
    if (screenOf(location.hash) !== screen) {
      scrollTo(0, 0);
      // masks that changed by themselves until then do not decide which one is met there
      if (demo) showDraw(0);
    }
    patch({ screen: screenOf(location.hash), lesson: lessonOf(location.hash), hovered: null });
    followScene(before);
    warmUp();
  });
}
