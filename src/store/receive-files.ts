// Files that were dropped or picked: videos go to the library, a YAML of settings to the mask lab.

import { addFiles } from './actions.ts';

const isSettings = (file: File): boolean => /\.ya?ml$/i.test(file.name);

export function receiveFiles(files: File[]): void {
  addFiles(files.filter((file) => !isSettings(file)));
  const settings = files.find(isSettings);
  if (!settings) return;
  location.hash = '#masks';
  // with the lab, not with the first screen
  void import('./lab-settings.ts').then(({ loadSettings }) => loadSettings(settings));
}
