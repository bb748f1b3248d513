// Errors or features: what the Look screen shows of the clip, in how many pictures.

import { lookModes, paneCounts } from '../core/look-view.ts';
import { patchFeatures, useFeatures } from '../store/look-features.ts';
import { patchLook, useLook } from '../store/look.ts';

const counted = { 1: 'one picture', 2: 'trained and random', 4: 'errors and features' } as const;

export function LookMode() {
  const panes = useLook((s) => s.panes);
  const mode = useFeatures((s) => s.mode);
  return (
    <>
      <div className="segmented" role="group" aria-label="What is looked at">
        {lookModes.map((m) => (
          <button
            key={m}
            type="button"
            title="F"
            aria-pressed={mode === m}
            data-testid={`mode-${m}`}
            onClick={() => patchFeatures({ mode: m })}
          >
            {m}
          </button>
        ))}
      </div>
      <div className="segmented" role="group" aria-label="Pictures beside each other">
        {paneCounts.map((count) => (
          <button
            key={count}
            type="button"
            title={`${count}: ${counted[count]}`}
            aria-pressed={panes === count}
            data-testid={`panes-${count}`}
            onClick={() => patchLook({ panes: count, largest: null })}
          >
            {count}
          </button>
        ))}
      </div>
    </>
  );
}
