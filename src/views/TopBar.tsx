// Name, what computes, theme and keys.

import { patch, useStudio } from '../store/studio.ts';

const themes = ['auto', 'light', 'dark'] as const;

export function TopBar({ onKeys }: { onKeys: () => void }) {
  const device = useStudio((s) => s.device);
  const theme = useStudio((s) => s.theme);
  const text =
    device.kind === 'ready'
      ? `WebGPU, ${device.adapter.name}${device.adapter.software ? ' (software)' : ''}`
      : device.kind === 'opening'
        ? 'Looking for a GPU'
        : 'No GPU, masks and videos work';
  return (
    <header className="topbar">
      <img src="./icon.svg" alt="" width="20" height="20" />
      <h1>V-JEPA Studio</h1>
      <span className="spacer" />
      <span
        className={`chip chip-${device.kind}`}
        data-testid="backend-chip"
        title={device.kind === 'ready' ? `Features: ${device.adapter.features.join(', ')}` : undefined}
      >
        {text}
      </span>
      <button
        type="button"
        aria-label={`Theme, now ${theme}`}
        onClick={() => {
          const next = themes[(themes.indexOf(theme) + 1) % themes.length];
          patch({ theme: next });
          if (next === 'auto') delete document.documentElement.dataset.theme;
          else document.documentElement.dataset.theme = next;
        }}
      >
        {theme === 'auto' ? 'Auto' : theme === 'light' ? 'Light' : 'Dark'}
      </button>
      <button type="button" aria-label="Keys" title="?" onClick={onKeys}>
        ?
      </button>
    </header>
  );
}
