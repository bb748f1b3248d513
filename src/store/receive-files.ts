// Files that were dropped or picked: videos go to the library, settings and what the mask lab saved to the lab,
// checkpoints to the kept runs, labels to the evaluation, encoders to the Look screen.

import type { ErrorReport } from '../core/errors.ts';
import { nameSome } from '../core/numbered.ts';
import { addFiles } from './files.ts';
import { importCheckpoint } from './keep.ts';
import { patch } from './studio.ts';

const isSettings = (file: File): boolean => /\.ya?ml$/i.test(file.name);
const isPicture = (file: File): boolean => /\.png$/i.test(file.name);
const isSaved = (file: File): boolean => isPicture(file) || /\.(?:npy|json)$/i.test(file.name);

const isLabels = (file: File): boolean => /\.csv$/i.test(file.name);

const isEncoder = (file: File): boolean => /\.onnx$/i.test(file.name);

const isCheckpoint = (file: File): boolean => /\.safetensors$/i.test(file.name);

/** What a folder hides: files and folders in it whose name begins with a dot. */
const isHidden = (file: File): boolean =>
  file.webkitRelativePath
    .split('/')
    .slice(1)
    .some((part) => part.startsWith('.'));

/** What is meant to be looked at and trained on, among the files; and what the mask lab saved. */
function meantOf(given: readonly File[]): {
  files: File[];
  clips: File[];
  saved: File | undefined;
  settings: File[];
} {
  const files = given.filter((file) => !isHidden(file));
  // folders of videos hold pictures and JSON of their own: only one that comes alone, or with checkpoints, can be meant; and a
  // document beside a list, as a run's numbers are exported, while a picture there is a clip
  const others = files.filter((file) => !isCheckpoint(file));
  const beside = others.filter((file) => !isLabels(file));
  const [only] = beside.length === 1 ? beside : [];
  const saved = only && isSaved(only) && (others.length === 1 || !isPicture(only)) ? only : undefined;
  const clips = beside.filter((file) => !isSettings(file) && !isEncoder(file) && file !== saved);
  // of data sets too, which describe themselves in YAML: settings come alone, or beside files that were chosen one by one
  const settings = files.filter((file) => isSettings(file) && (files.length === 1 || !file.webkitRelativePath));
  return { files, clips, saved, settings };
}

/** What is said of files of which only the first can be in force; null where there is no other. */
function onlyFirst([first, ...others]: readonly File[], kind: string): ErrorReport | null {
  if (!others.length) return null;
  return {
    code: 'format',
    message: `Of ${others.length + 1} ${kind} only ${first.name} was opened, not ${nameSome(others.map(({ name }) => name))}.`,
    advice: 'Drop the one that you mean alone.',
  };
}

/** Those that go to the library. */
export const clipsAmong = (given: readonly File[]): File[] => meantOf(given).clips;

export function receiveFiles(given: File[]): void {
  const { files, clips, saved, settings: allSettings } = meantOf(given);
  const [settings] = allSettings;
  addFiles(clips);
  void importCheckpoints(files.filter(isCheckpoint));
  const lists = files.filter(isLabels);
  if (lists.length)
    void import('./evaluation-labels.ts').then(({ takeLabels }) => takeLabels(lists, files.length === lists.length));
  const encoders = files.filter(isEncoder);
  const [encoder] = encoders;
  const told = onlyFirst(encoders, 'encoders') ?? onlyFirst(allSettings, 'files of settings');
  if (encoder) {
    if (told) patch({ problem: told });
    location.hash = '#look';
    void import('./pretrained.ts').then(({ takeEncoder }) => takeEncoder(encoder));
  }
  // with the lab, not with the first screen
  if (settings) void import('./lab-settings.ts').then(({ loadSettings }) => loadSettings(settings, told));
  else if (saved) void import('./open-saved.ts').then(({ openSaved }) => openSaved(saved));
}

/** Of several that are refused each is told. */
async function importCheckpoints(files: readonly File[]): Promise<void> {
  const errors = await Promise.all(files.map(importCheckpoint));
  const refused = errors.filter((error) => error !== null);
  if (refused.length > 1)
    patch({ problem: { ...refused[0], message: refused.map(({ message }) => message).join(' ') } });
}

/** Says which files or folders could not be read. */
export const tellUnread = (unread: readonly string[]): void =>
  patch({
    problem: {
      code: 'video',
      message: `The browser could not open ${nameSome(unread)}.`,
      advice:
        'It may be gone, a dangling link, or not yours to read, or the browser was not allowed to: look whether it is still there, and drop it again.',
    },
  });
