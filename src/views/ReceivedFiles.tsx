// What becomes of files that were dropped or picked: those that are read, those that cannot be, those that were left out. Every
// screen says it, wherever they were dropped.

import { X } from 'lucide-react';
import { useState } from 'react';
import { nameSome, numbered } from '../core/numbered.ts';
import { arrivingOf, cancelJob } from '../store/files.ts';
import { patch, useStudio } from '../store/studio.ts';

/** `beside`: on a screen that does not list the clips, which then says how many there are. */
export function ReceivedFiles({ beside = false }: { beside?: boolean }) {
  const failures = useStudio((s) => s.failures);
  const jobs = useStudio((s) => s.jobs);
  return (
    <div className={beside ? 'received' : 'contents'}>
      {Object.entries(jobs)
        .filter(([id]) => id.startsWith('files'))
        .map(([id, job]) => (
          <div key={id} className="progress" data-testid="job">
            <span>
              {job.stage}
              {job.total > 1 && `, ${Math.floor(job.done)} of ${job.total} done`}
            </span>
            <button type="button" className="link" onClick={() => cancelJob(id)}>
              Cancel
            </button>
            <progress value={job.total ? job.done / job.total : undefined} max={1} aria-label={job.stage} />
          </div>
        ))}
      {failures.length > 0 && (
        <div className="failures">
          {failures.length > 1 && (
            <button type="button" onClick={() => patch({ failures: [] })}>
              Dismiss all {failures.length} notes
            </button>
          )}
          {failures.map((f) => (
            <div
              key={f.clipId}
              className="notice notice-bad small"
              role="alert"
              data-testid="clip-failed"
              data-name={f.name}
            >
              <p>{f.error.message}</p>
              {f.error.advice && <p className="faint">{f.error.advice}</p>}
              <button
                type="button"
                className="icon"
                aria-label={`Dismiss the note on ${f.name}`}
                onClick={() => patch({ failures: failures.filter((other) => other !== f) })}
              >
                <X size={16} aria-hidden="true" />
              </button>
            </div>
          ))}
        </div>
      )}
      <LeftOut />
      {beside && <Here />}
    </div>
  );
}

/** What was not taken, and need not be. */
function LeftOut() {
  const { noVideo, again } = useStudio((s) => s.leftOut);
  const none = useStudio((s) => !s.clips.some((clip) => clip.source === 'file') && !arrivingOf(s.jobs));
  if (!noVideo.length && !again.length) return null;
  return (
    <div className="notice small" role="status" data-testid="left-out">
      {noVideo.length > 0 && (
        <p>
          Left out, as {noVideo.length === 1 ? 'it is no video' : 'they are no videos'}: {nameSome(noVideo)}.
          {none && ' There was no video among what was opened.'}
        </p>
      )}
      {again.length > 0 && (
        <p>
          {nameSome(again)} {again.length === 1 ? 'is' : 'are'} among the clips already.
        </p>
      )}
      <button
        type="button"
        className="icon"
        aria-label="Dismiss the note on what was left out"
        onClick={() => patch({ leftOut: { noVideo: [], again: [] } })}
      >
        <X size={16} aria-hidden="true" />
      </button>
    </div>
  );
}

/** Clips that came while a screen was open on which there is no list of them. */
function Here() {
  const mine = useStudio((s) => s.clips.filter((clip) => clip.source === 'file').length);
  const [before, setBefore] = useState(mine);
  const came = mine - before;
  if (came <= 0) return null;
  return (
    <div className="notice small" role="status" data-testid="clips-came">
      <p>
        {numbered(came, 'clip')} {came === 1 ? 'was' : 'were'} added: <a href="#train">Train</a>,{' '}
        <a href="#masks">Masks</a> and <a href="#look">Look</a> list them.
      </p>
      <button
        type="button"
        className="icon"
        aria-label="Dismiss the note on added clips"
        onClick={() => setBefore(mine)}
      >
        <X size={16} aria-hidden="true" />
      </button>
    </div>
  );
}
