// Which screen is open. The address remembers it, so that a reload, a bookmark and the back button lead to it.

import { followScene, warmUp } from './actions.ts';
import { patch, sceneConfig, useStudio } from './studio.ts';

export const screens = ['train', 'masks', 'evaluate', 'look', 'runs', 'system'] as const;
export type Screen = (typeof screens)[number];

/** Screen that an address names; a link to a state of the mask lab begins with its version, others with their screen. */
export function screenOf(hash: string): Screen {
  const [name] = hash.replace(/^#/, '').split('&');
  if (name.startsWith('v=')) return 'masks';
  return screens.find((s) => s === name) ?? 'train';
}

/** Chapter of the lesson that an address asks for, from 0; null where it asks for none: "#lesson", "#lesson=4". */
export function lessonOf(hash: string): number | null {
  const found = /^#?lesson(?:=([1-9]))?$/.exec(hash);
  return found ? Number(found[1] ?? 1) - 1 : null;
}

export function openScreen(screen: Screen): void {
  location.hash = screen;
}

/** Shows the screen of the address now and whenever it changes. */
export function followAddress(): void {
  patch({ screen: screenOf(location.hash), lesson: lessonOf(location.hash) });
  addEventListener('hashchange', () => {
    const lesson = lessonOf(location.hash);
    if (lesson !== null) patch({ lesson });
    const before = sceneConfig(useStudio.getState());
    patch({ screen: screenOf(location.hash), hovered: null });
    followScene(before);
    warmUp();
  });
}
