// How the page looks and is used: light, dark or as the system says; keys without Ctrl on or off. Remembered on this device.

import { remember, remembered } from './remembered.ts';
import { patch } from './studio.ts';

export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export function chooseTheme(theme: Theme): void {
  patch({ theme });
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  remember('theme', theme);
}

/** Single-letter keys on or off (WCAG 2.1.4). */
export function chooseKeys(keys: boolean): void {
  patch({ keys });
  remember('keys', keys);
}

/** The choices of an earlier visit. */
export function recallChoices(): void {
  patch({ keys: remembered('keys') !== false });
  const stored = remembered('theme');
  const theme = themes.find((t) => t === stored);
  if (theme && theme !== 'auto') chooseTheme(theme);
}
