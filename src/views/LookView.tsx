// Where and when prediction fails: the clip with the error of every token, by what tokens have in common, and surprise
// over the whole video, with the run's weights beside random ones.

import { useEffect } from 'react';
import { measureErrors, measureSurprise, patchLook, readChanged, useLook } from '../store/look.ts';
import { useStudio } from '../store/studio.ts';
import { ClipLibrary } from './ClipLibrary.tsx';
import { isPageKey } from './KeySheet.tsx';
import { LookBars } from './LookBars.tsx';
import { LookPane } from './LookPane.tsx';
import { LookPanel } from './LookPanel.tsx';
import { Problem } from './Problem.tsx';
import { ProvokePanel } from './ProvokePanel.tsx';
import { nextPeak, SurpriseTrack } from './SurpriseTrack.tsx';
import { Transport } from './Transport.tsx';
import './look.css';

export default function LookView() {
  const trained = useStudio((s) => s.run !== null);
  useLookKeys();
  useChanged();
  return (
    <>
      <aside className="side side-left" aria-label="Clips and changes">
        <ClipLibrary />
        {trained && <ProvokePanel />}
      </aside>
      <main className="stage look">
        <Problem />
        {trained ? (
          <>
            <LookPanel />
            <div className="panes">
              <LookPane weights="current" />
              <LookPane weights="random" />
            </div>
            <LookBars />
            <Transport>
              <SurpriseTrack />
            </Transport>
          </>
        ) : (
          <NoRun />
        )}
      </main>
    </>
  );
}

function NoRun() {
  return (
    <div className="notice" role="status" data-testid="look-no-run">
      <p>
        <strong>There is no model to look at yet.</strong>
      </p>
      <p>
        Train one, or go on with a kept run, on the <a href="#train">Train</a> screen. Then this screen shows where and
        when its predictions fail. The error maps of the stored run are there too.
      </p>
    </div>
  );
}

/** The changed video follows the window on the stage. */
function useChanged(): void {
  const viewed = useStudio((s) => s.viewed);
  useEffect(() => {
    const { provocation, changed } = useLook.getState();
    const there = changed?.clipId === viewed?.clipId && changed?.start === viewed?.start;
    if (provocation && !there) void readChanged();
  }, [viewed]);
}

function useLookKeys(): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!isPageKey(event) || event.shiftKey) return;
      const work = keys[event.key];
      if (!work) return;
      event.preventDefault();
      work();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}

const keys: Record<string, () => void> = {
  e: () => void measureErrors(),
  u: () => void measureSurprise(),
  n: () => void nextPeak(),
  q: () => patchLook({ quantity: useLook.getState().quantity === 'error' ? 'skill' : 'error' }),
};
