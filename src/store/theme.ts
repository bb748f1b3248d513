// Light, dark, or as the system says; remembered on this device.

import { patch } from './studio.ts';

export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const place = 'v-jepa-studio theme';

export function chooseTheme(theme: Theme): void {
  patch({ theme });
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(place, theme);
  } catch {
    // storage is off: the choice lasts as long as the page
  }
}

/** The choice of an earlier visit. */
export function recallTheme(): void {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(place);
  } catch {
    return; // storage is off
  }
  const theme = themes.find((t) => t === stored);
  if (theme && theme !== 'auto') chooseTheme(theme);
}
