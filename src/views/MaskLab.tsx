// The mask lab: settings on the left, the clip under its mask in the middle, numbers on the right.

import { ClipLibrary } from './ClipLibrary.tsx';
import { MaskStrip } from './Filmstrip.tsx';
import { MaskView } from './MaskView.tsx';
import { Transport } from './Transport.tsx';

export default function MaskLab() {
  return (
    <>
      <aside className="side side-left" aria-label="Clips and masks">
        <ClipLibrary />
      </aside>
      <main className="stage">
        <div className="panes">
          <MaskView />
        </div>
        <Transport>
          <MaskStrip />
        </Transport>
      </main>
    </>
  );
}
