// Errors or features: what the Look screen shows of the clip, in how many pictures.

import { Columns2, Grid2x2, Square } from 'lucide-react';
import { lookModes, paneCounts } from '../core/look-view.ts';
import { patchFeatures, useFeatures } from '../store/look-features.ts';
import { patchLook, useLook } from '../store/look.ts';

const counted = {
  1: { Picture: Square, words: 'one picture' },
  2: { Picture: Columns2, words: 'trained and random' },
  4: { Picture: Grid2x2, words: 'errors and features' },
} as const;

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
      <div className="segmented how-many" role="group" aria-label="Pictures beside each other">
        {paneCounts.map((count) => {
          const { Picture, words } = counted[count];
          return (
            <button
              key={count}
              type="button"
              title={`${words} (${count})`}
              aria-label={`${count}: ${words}`}
              aria-pressed={panes === count}
              data-testid={`panes-${count}`}
              onClick={() => patchLook({ panes: count, largest: null })}
            >
              <Picture size={14} aria-hidden="true" />
            </button>
          );
        })}
      </div>
    </>
  );
}
