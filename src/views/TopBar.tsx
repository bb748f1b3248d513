// Name, the screens, the run, what computes, theme and keys.

import { byteSize } from '../core/byte-size.ts';
import { ranAway } from '../core/last-good.ts';
import { GraduationCap, Keyboard, Moon, Sun, SunMoon } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { openDevice } from '../store/actions.ts';
import { chooseTheme, type Theme, themes } from '../store/choices.ts';
import { type Screen, screens } from '../store/screen.ts';
import { useStudio } from '../store/studio.ts';
import { runStateNames } from './fields.tsx';

export function TopBar({ onKeys }: { onKeys: () => void }) {
  return (
    <header className="topbar">
      <img src="./icon.svg" alt="" width="20" height="20" />
      <h1>V-JEPA Studio</h1>
      <Screens />
      <RunChip />
      <span className="spacer" />
      <BackendChip />
      <a className="icon" href="#lesson" aria-label="Ten-minute lesson" title="Ten-minute lesson">
        <GraduationCap size={16} aria-hidden="true" />
      </a>
      <ThemeSwitch />
      <button type="button" className="icon" aria-label="Keys" title="Keys (?)" onClick={onKeys}>
        <Keyboard size={16} aria-hidden="true" />
      </button>
    </header>
  );
}

const screenNames: Record<Screen, string> = {
  train: 'Train',
  masks: 'Masks',
  evaluate: 'Evaluate',
  look: 'Look',
  runs: 'Runs',
  system: 'System',
};

function Screens() {
  const open = useStudio((s) => s.screen);
  const nav = useRef<HTMLElement>(null);
  // on a narrow page not all of them have room
  useEffect(() => {
    const link = nav.current?.querySelector<HTMLElement>(`[href="#${open}"]`);
    if (!nav.current || !link) return;
    const { offsetLeft, clientWidth } = nav.current;
    nav.current.scrollLeft = link.offsetLeft - offsetLeft - (clientWidth - link.offsetWidth) / 2;
  }, [open]);
  return (
    <nav ref={nav} className="screens" aria-label="Screens">
      {screens.map((screen) => (
        <a key={screen} href={`#${screen}`} aria-current={screen === open ? 'page' : undefined}>
          {screenNames[screen]}
        </a>
      ))}
      {/* where there is no room beside the chips */}
      <a className="narrow-only" href="#lesson" aria-label="Ten-minute lesson">
        <GraduationCap size={14} aria-hidden="true" />
      </a>
    </nav>
  );
}

function RunChip() {
  const run = useStudio((s) => s.run);
  if (!run) return null;
  const away = run.error === null && ranAway(run.metrics) !== null;
  return (
    <span className="chip" data-testid="run-chip">
      <i className={`dot dot-${away ? 'failed' : run.state}`} aria-hidden="true" />
      <span>
        {run.config.preset} {runStateNames[run.state]}
        {away && ', loss runs away'}
        {run.step > 0 && `, step ${run.step}`}
      </span>
    </span>
  );
}

/** What computes; pressed, it says what that means. */
function BackendChip() {
  const device = useStudio((s) => s.device);
  const ready = device.kind === 'ready' ? device.adapter : null;
  return (
    <>
      <button type="button" className="chip" data-testid="backend-chip" popoverTarget="backend">
        <i className={`dot dot-${ready?.software ? 'software' : device.kind}`} aria-hidden="true" />
        <span>
          {ready
            ? `WebGPU, ${ready.name}${ready.software ? ', software' : ''}`
            : device.kind === 'opening'
              ? 'Looking for a GPU'
              : 'No GPU, masks and videos work'}
        </span>
      </button>
      <div id="backend" className="popover" popover="auto">
        {ready && (
          <>
            <h2>WebGPU, {ready.name}</h2>
            <p>
              {ready.software
                ? 'A software adapter: the processor does the work of a GPU. The results are the same, a step takes many times longer.'
                : 'Training runs on the GPU of this device, in a worker behind this page.'}
            </p>
            <dl className="facts">
              <dt>Largest buffer</dt>
              <dd>{byteSize(ready.maxBufferBytes)}</dd>
              <dt>Half precision</dt>
              <dd>{ready.features.includes('shader-f16') ? 'offered' : 'not offered'}, not needed</dd>
              <dt>Kernel timing</dt>
              <dd>{ready.features.includes('timestamp-query') ? 'offered' : 'not offered'}</dd>
            </dl>
          </>
        )}
        {device.kind === 'none' && (
          <>
            <h2>No GPU</h2>
            <p>{device.error.message}</p>
            <p className="faint">{device.error.advice}</p>
            <button type="button" onClick={openDevice}>
              Look again
            </button>
          </>
        )}
        {device.kind === 'opening' && <p>The browser is being asked for a GPU.</p>}
        <p className="faint">Nothing that you add leaves this device.</p>
      </div>
    </>
  );
}

const themeIcons = { auto: SunMoon, light: Sun, dark: Moon } satisfies Record<Theme, typeof Sun>;

function ThemeSwitch() {
  const theme = useStudio((s) => s.theme);
  const Icon = themeIcons[theme];
  const next = themes[(themes.indexOf(theme) + 1) % themes.length];
  return (
    <button
      type="button"
      className="icon"
      aria-label={`Theme ${theme}, change to ${next}`}
      title={`Theme ${theme}`}
      onClick={() => chooseTheme(next)}
    >
      <Icon size={16} aria-hidden="true" />
    </button>
  );
}
