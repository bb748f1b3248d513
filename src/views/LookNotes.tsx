// What went wrong on the Look screen, what an opened link waits for, and what it or a copied one has to say.

import type { ErrorReport } from '../core/errors.ts';
import type { KeptRun } from '../protocol/keeping.ts';
import { isActive } from '../store/actions.ts';
import { nameOfRun, takeUp, useKeep } from '../store/keep.ts';
import { patchFeatures, useFeatures } from '../store/look-features.ts';
import { patchLook, useLook } from '../store/look.ts';
import { patchLookLink, useLookLink } from '../store/look-link.ts';
import { useStudio } from '../store/studio.ts';
import { AwaitedClip, NoteList } from './LinkNotices.tsx';
import { TrainedRun } from './TrainedRun.tsx';

export function LookNotes() {
  const { awaited, runId, notes } = useLookLink();
  const failed = useLook((s) => s.error);
  const unread = useFeatures((s) => s.error);
  const run = useStudio((s) => s.run);
  const asked = runId !== null && run?.runId !== runId ? runId : null;
  return (
    <>
      <Failed error={failed} testId="look-error" onClose={() => patchLook({ error: null })} />
      <Failed error={unread} testId="features-error" onClose={() => patchFeatures({ error: null })} />
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

interface FailedProps {
  error: ErrorReport | null;
  testId: string;
  onClose: () => void;
}

function Failed({ error, testId, onClose }: FailedProps) {
  if (!error) return null;
  return (
    <div className="notice notice-bad" role="alert" data-testid={testId}>
      <p>
        <strong>{error.message}</strong> {error.advice}
      </p>
      <button type="button" onClick={onClose}>
        Close
      </button>
    </div>
  );
}

/** Whether a link asks for the run that comes with the studio, which is offered there then. */
export function useOfferedRun(): boolean {
  const runId = useLookLink((s) => s.runId);
  const kept = useKeep((s) => s.runs.some((run) => run.runId === runId));
  const comesAlong = useStudio((s) => runId !== null && s.stored?.runId === runId);
  return comesAlong && !kept;
}

/** The run of a link is another than that on the page, or there is none. */
function AskedRun({ runId }: { runId: string }) {
  const kept = useKeep((s) => s.runs.find((run) => run.runId === runId));
  const opening = useKeep((s) => s.opening !== null);
  const ready = useStudio((s) => s.device.kind === 'ready');
  const busy = useStudio((s) => isActive(s.run));
  const comesAlong = useStudio((s) => s.stored?.runId === runId);
  return (
    <div className="notice" role="status" data-testid="look-asked-run">
      <p>
        <strong>This link looks at the run {nameOfRun(runId)}.</strong> {whereIs(kept, busy, comesAlong)}
      </p>
      <div className="row wrap">
        {kept && (
          <button
            type="button"
            className="primary"
            disabled={!ready || opening || busy || kept.elsewhere || kept.missing.length > 0}
            onClick={() => void takeUp(runId)}
          >
            Take it up
          </button>
        )}
        {!kept && comesAlong && !busy && <TrainedRun className="primary" />}
        <button type="button" className="link" onClick={() => patchLookLink({ runId: null })}>
          Do without
        </button>
      </div>
    </div>
  );
}

function whereIs(kept: KeptRun | undefined, busy: boolean, comesAlong: boolean): string {
  if (!kept && comesAlong)
    return busy ? 'It comes with the studio: stop the run that trains to open it.' : 'It comes with the studio.';
  if (!kept) return 'It is not kept on this device: import its file, or look at the run that is on the page.';
  if (kept.elsewhere) return 'It is open in another tab of the studio.';
  if (kept.missing.length)
    return `It learns from files that have to be dropped again: ${kept.missing.map((f) => f.name).join(', ')}.`;
  return busy ? 'It is kept on this device: stop the run that trains to take it up.' : 'It is kept on this device.';
}
