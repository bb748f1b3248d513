// What can be done with one run of the list: go on, pin, hide, export, delete.

import { Eye, EyeOff, Pin, PinOff, Play, Trash2 } from 'lucide-react';
import { isActive } from '../store/actions.ts';
import { describeRun, exportCheckpoint, remove, takeUp, useKeep } from '../store/keep.ts';
import { saveDocument, saveLog } from '../store/runs-export.ts';
import { openScreen } from '../store/screen.ts';
import { useStudio } from '../store/studio.ts';
import { ExportMenu } from './ExportMenu.tsx';
import { focusNextRow } from './focus.ts';
import { deleteObstacle, noteObstacle, resumeObstacle } from './run-obstacles.ts';
import type { SeenRun } from './seen-runs.ts';

export function RunActions({ run: { runId, name, kept, outline, live } }: { run: SeenRun }) {
  const device = useStudio((s) => s.device.kind);
  const busy = useStudio((s) => isActive(s.run));
  const opening = useKeep((s) => s.opening !== null);
  if (!kept) return null;
  const { note, step, total } = kept;
  const around = { device, busy, live, opening };
  const icon = (
    label: string,
    title: string,
    Icon: typeof Play,
    work: (pressed: HTMLElement) => void,
    obstacle: string | null,
    pressed?: boolean,
  ) => (
    <button
      type="button"
      className="icon"
      aria-label={`${label} ${name}`}
      aria-pressed={pressed}
      title={obstacle ?? title}
      disabled={obstacle !== null}
      onClick={({ currentTarget }) => work(currentTarget)}
    >
      <Icon size={16} aria-hidden="true" />
    </button>
  );
  return (
    <div className="row run-actions">
      {icon(
        step < total ? 'Resume' : 'Open',
        step < total ? 'Resume on the Train screen' : 'Open on the Train screen',
        Play,
        () => {
          openScreen('train');
          void takeUp(runId);
        },
        resumeObstacle(kept, around),
      )}
      {icon(
        'Pin',
        note.pinned === null ? 'Keep this checkpoint whatever follows' : 'Its pinned checkpoint may go',
        note.pinned === null ? Pin : PinOff,
        () => void describeRun(runId, { pinned: note.pinned === null }),
        noteObstacle(kept),
        note.pinned !== null,
      )}
      {icon(
        'Hide',
        note.hidden ? 'Show it again' : 'Hide it from list and charts',
        note.hidden ? Eye : EyeOff,
        (button) => {
          focusNextRow(button);
          void describeRun(runId, { hidden: !note.hidden });
        },
        noteObstacle(kept),
        note.hidden,
      )}
      <ExportMenu name={`Export ${name}`} icon={16}>
        {(item) => (
          <>
            {item('Checkpoint', 'safetensors', () => void exportCheckpoint(runId))}
            {item(
              'Log with the official columns',
              outline ? 'CSV' : 'not read yet',
              () => outline && saveLog(outline),
              !outline,
            )}
            {item(
              'Numbers, settings and notes',
              outline ? 'JSON' : 'not read yet',
              () => outline && saveDocument(outline),
              !outline,
            )}
          </>
        )}
      </ExportMenu>
      {icon('Delete', 'Delete', Trash2, () => void remove(runId), deleteObstacle(kept, around))}
    </div>
  );
}
