// What an opened link waits for, and what it or a copied one has to say.

import { useKeep, takeUp } from '../store/keep.ts';
import { patchLookLink, useLookLink } from '../store/look-link.ts';
import { useStudio } from '../store/studio.ts';
import { AwaitedClip, NoteList } from './LinkNotices.tsx';

export function LookNotes() {
  const { awaited, runId, notes } = useLookLink();
  const run = useStudio((s) => s.run);
  const asked = runId !== null && run?.runId !== runId ? runId : null;
  return (
    <>
      {asked && <AskedRun runId={asked} />}
      {awaited && (
        <AwaitedClip
          name={awaited.name}
          fingerprint={awaited.clip}
          frame={awaited.frame}
          token={awaited.token}
          onGiveUp={() => patchLookLink({ awaited: null })}
        />
      )}
      <NoteList notes={notes} testId="look-notes" onClose={() => patchLookLink({ notes: [] })} />
    </>
  );
}

/** The run of a link is another than that on the page, or there is none. */
function AskedRun({ runId }: { runId: string }) {
  const kept = useKeep((s) => s.runs.find((run) => run.runId === runId));
  const opening = useKeep((s) => s.opening !== null);
  const ready = useStudio((s) => s.device.kind === 'ready');
  const name = kept?.note.name || runId;
  return (
    <div className="notice" role="status" data-testid="look-asked-run">
      <p>
        <strong>This link looks at the run {name}.</strong>{' '}
        {kept
          ? 'It is kept on this device.'
          : 'It is not kept on this device: import its file, or look at the run that is on the page.'}
      </p>
      <div className="row wrap">
        {kept && (
          <button type="button" className="primary" disabled={!ready || opening} onClick={() => void takeUp(runId)}>
            Take it up
          </button>
        )}
        <button type="button" className="link" onClick={() => patchLookLink({ runId: null })}>
          Do without
        </button>
      </div>
    </div>
  );
}
