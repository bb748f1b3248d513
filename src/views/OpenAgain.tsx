// Clips of the last visit, and what a kept run needs, opened again with one press where the browser kept the way to them.

import { nameSome } from '../core/numbered.ts';
import {
  forgetOpened,
  holding,
  type OpenedBefore,
  ofLastVisit,
  openAgain,
  useOpenedBefore,
} from '../store/opened-before.ts';

/** What was opened in the last visit. */
export default function OpenAgain() {
  const offered = ofLastVisit(useOpenedBefore((s) => s.entries));
  if (!offered.length) return null;
  return (
    <div className="open-again" data-testid="open-again">
      <p className="small">Opened before: {nameSome(offered.map(({ handle }) => handle.name))}.</p>
      <div className="row grow">
        <Again entries={offered} />
        <button type="button" title="Of all visits; the files stay where they are" onClick={() => void forgetOpened()}>
          Forget
        </button>
      </div>
    </div>
  );
}

/** The files of a run that are not in the library, if the way to all of them is known. */
export function OpenMissing({ missing }: { missing: readonly { name: string }[] }) {
  const entries = useOpenedBefore((s) => s.entries);
  const found = holding(
    entries,
    missing.map(({ name }) => name),
  );
  return found?.length ? <Again entries={found} /> : null;
}

function Again({ entries }: { entries: readonly OpenedBefore[] }) {
  const opening = useOpenedBefore((s) => s.opening);
  return (
    <button type="button" aria-disabled={opening || undefined} onClick={() => void openAgain(entries)}>
      Open {entries.length === 1 && entries[0].handle.kind === 'file' ? 'it' : 'them'} again
    </button>
  );
}
