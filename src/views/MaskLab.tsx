// The mask lab: settings on the left, the clip under its mask in the middle, numbers on the right.

import { Link, Redo2, Undo2 } from 'lucide-react';
import { useEffect } from 'react';
import { patchLab, useLab } from '../store/lab.ts';
import { showContext } from '../store/lab-context.ts';
import { beginLab, copyLink } from '../store/lab-link.ts';
import { redo, undo } from '../store/lab-settings.ts';
import { showView } from '../store/lab-statistics.ts';
import { ClipLibrary } from './ClipLibrary.tsx';
import { ComparePanel } from './ComparePanel.tsx';
import { CountsPanel } from './CountsPanel.tsx';
import { Cube } from './Cube.tsx';
import { LabExport } from './LabExport.tsx';
import { LabFrame } from './LabFrame.tsx';
import { LabSettings } from './LabSettings.tsx';
import { LabStrip } from './LabStrip.tsx';
import { AwaitedClip, NoteList } from './LinkNotices.tsx';
import { Problem } from './Problem.tsx';
import { type Scene, useScene, useTubelets } from './scene.ts';
import { StatisticsPanel } from './StatisticsPanel.tsx';
import { TokenPanel } from './TokenPanel.tsx';
import { Transport } from './Transport.tsx';
import { hearLabKey } from './lab-keys.ts';
import { useKeydown } from './page-keys.ts';
import { useYourMask } from './your-mask.ts';
import './lab.css';

export default function MaskLab() {
  const scene = useScene();
  const pictures = useTubelets(scene);
  const view = useLab((s) => s.view);
  const beside = useYourMask();
  useEffect(beginLab, []);
  useEffect(showContext, []);
  useKeydown(hearLabKey);
  return (
    <>
      <aside className="side side-left" aria-label="Clips and settings">
        <ClipLibrary />
        <LabSettings />
      </aside>
      <main className="stage lab">
        <Problem />
        <Notes />
        <Head scene={scene} />
        {view === 'one' ? (
          <>
            <div className="panes">
              <LabFrame scene={scene} />
              <Cube scene={scene} pictures={pictures} />
            </div>
            <StatisticsPanel />
          </>
        ) : (
          <ComparePanel />
        )}
        <Transport>
          {beside && <p className="small faint">Your mask, {beside}</p>}
          <LabStrip scene={scene} pictures={pictures} />
        </Transport>
      </main>
      <aside className="side side-right" aria-label="Numbers">
        <CountsPanel scene={scene} />
        <TokenPanel scene={scene} />
      </aside>
    </>
  );
}

function Head({ scene }: { scene: Scene }) {
  const view = useLab((s) => s.view);
  const past = useLab((s) => s.past.length);
  const future = useLab((s) => s.future.length);
  return (
    <div className="row lab-head">
      <h2 className="pane-title">Mask lab</h2>
      <div className="segmented" role="group" aria-label="View">
        <button type="button" aria-pressed={view === 'one'} title="K" onClick={() => showView('one')}>
          one mask
        </button>
        <button type="button" aria-pressed={view === 'compare'} title="K" onClick={() => showView('compare')}>
          compare
        </button>
      </div>
      <span className="spacer" />
      <button type="button" className="icon" aria-label="Undo" title="Undo (Ctrl Z)" disabled={!past} onClick={undo}>
        <Undo2 size={16} aria-hidden="true" />
      </button>
      <button
        type="button"
        className="icon"
        aria-label="Redo"
        title="Redo (Ctrl Shift Z)"
        disabled={!future}
        onClick={redo}
      >
        <Redo2 size={16} aria-hidden="true" />
      </button>
      <button type="button" data-testid="copy-link" title="L" onClick={() => void copyLink()}>
        <Link size={16} aria-hidden="true" /> Copy link
      </button>
      <LabExport scene={scene} />
    </div>
  );
}

/** What a link waits for, and what a link, a file or an export had to say. */
function Notes() {
  const awaited = useLab((s) => s.awaited);
  const notes = useLab((s) => s.notes);
  return (
    <>
      {awaited && (
        <AwaitedClip
          what="The link or picture"
          name={awaited.clipName}
          fingerprint={awaited.clip}
          frame={awaited.frame}
          token={awaited.token}
          about="Settings, seed and masks are here already."
          onGiveUp={() => patchLab({ awaited: null })}
        />
      )}
      <NoteList notes={notes} testId="notes" onClose={() => patchLab({ notes: [] })} />
    </>
  );
}
