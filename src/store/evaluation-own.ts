// A run that learned from the user's own labelled folders is asked about those, unless other labels of own clips are chosen.

import type { ClipInfo } from '../protocol/messages.ts';
import { choose, useEvaluation } from './evaluate.ts';
import { type RunView, useStudio } from './studio.ts';

/** Runs of which that was looked at already. */
const looked = new Set<string>();

/** Folders of the videos that a run learns from, while they are in the library. */
const foldersOf = (run: RunView, clips: readonly ClipInfo[]): Set<string> =>
  new Set(
    clips.flatMap(({ clipId, source, labels }) =>
      source === 'file' && run.clipIds.includes(clipId) && labels.folder !== undefined ? [labels.folder] : [],
    ),
  );

/** Once for every run on the page, when the screen opens: what is chosen later stays. */
export function askAboutOwn(): void {
  const { run, clips } = useStudio.getState();
  if (!run || looked.has(run.runId)) return;
  looked.add(run.runId);
  const { data, library } = useEvaluation.getState().choices;
  if (data === 'library' || foldersOf(run, clips).size < 2) return;
  choose({ data: 'library', library: { ...library, axis: 'folder' } });
}
