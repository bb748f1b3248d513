// Errors or features: what the Look screen shows of the clip.

import { patchFeatures, useFeatures } from '../store/look-features.ts';

export function LookMode() {
  const mode = useFeatures((s) => s.mode);
  return (
    <div className="segmented" role="group" aria-label="What is looked at">
      {(['errors', 'features'] as const).map((m) => (
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
  );
}
