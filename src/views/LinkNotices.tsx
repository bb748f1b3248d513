// What an opened link waits for, and notes that are read and closed.

import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { placeOfId } from '../core/drawn-look.ts';
import { drawnCount, drawnSeed } from '../store/drawn.ts';
import { useStudio } from '../store/studio.ts';
import { bringIntoView } from './bring-into-view.ts';

interface AwaitedProps {
  /** what asks for it */
  what?: string;
  name: string | null;
  fingerprint: string | null;
  frame: number;
  token: number | null;
  /** what of the link is there already */
  about?: ReactNode;
  onGiveUp: () => void;
}

/** The clip of a link, or of a picture that carries one, is not in the library. */
export function AwaitedClip({ what = 'This link', name, fingerprint, frame, token, about, onGiveUp }: AwaitedProps) {
  const files = useStudio((s) => s.clips.filter((c) => c.source === 'file').length);
  const drawn = fingerprint === null ? null : placeOfId(fingerprint);
  const toCome = drawn?.seed === drawnSeed && drawn.index < drawnCount;
  return (
    <div className="notice" role="status" data-testid="awaited">
      <p>
        <strong>
          {what} shows {name ?? 'a clip'}, which is{' '}
          {toCome ? 'not drawn yet' : drawn ? 'none that the studio draws' : 'not here'}.
        </strong>
      </p>
      <p>
        {toCome ? (
          'It follows as soon as it is drawn. While a run trains, clips keep the look that it began with.'
        ) : drawn ? (
          `${drawnCount} clips are drawn, and no file is this one: choose another clip.`
        ) : (
          <>
            Drop the same file to land on frame {frame + 1} of the clip
            {token !== null && ` and token ${token}`}.
          </>
        )}{' '}
        {about}
        {!drawn && files > 0 && ' The files that are here have other fingerprints.'}
      </p>
      <p className="faint small">{fingerprint}</p>
      <button type="button" className="link" onClick={onGiveUp}>
        Do without
      </button>
    </div>
  );
}

export function NoteList({
  notes,
  testId,
  onClose,
}: {
  notes: readonly string[];
  testId: string;
  onClose: () => void;
}) {
  if (!notes.length) return null;
  return (
    <div key={notes.join(' ')} ref={bringIntoView} className="notice" role="status" data-testid={testId}>
      <ul className="notes">
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
      <button type="button" className="icon" aria-label="Dismiss the notes" onClick={onClose}>
        <X size={16} aria-hidden="true" />
      </button>
    </div>
  );
}
