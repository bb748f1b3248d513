// Looking at a run, its weights beside random ones. Errors: the clip with the error of every token, by what tokens have in
// common. Features: the clip in the colours of its tokens. Under both, surprise over the whole video.

import { useEffect } from 'react';
import { featureKinds, paneCounts, type PaneId, shownPanes } from '../core/look-view.ts';
import { followFeatures, patchFeatures, readAgain, useFeatures } from '../store/look-features.ts';
import { endForeignChange, readChanged } from '../store/look-change.ts';
import { measureErrors, measureSurprise, measureTraining, moveStep, patchLook, useLook } from '../store/look.ts';
import { beginLinks, copyLookLink } from '../store/look-link.ts';
import { usePretrained } from '../store/pretrained.ts';
import { patch, sceneConfig, useStudio } from '../store/studio.ts';
import { AttentionReach } from './AttentionReach.tsx';
import { ClipLibrary } from './ClipLibrary.tsx';
import { FeaturePane } from './FeaturePane.tsx';
import { FeaturePanel } from './FeaturePanel.tsx';
import { isPageKey, useKeydown } from './page-keys.ts';
import { LookBars } from './LookBars.tsx';
import { LookNotes, useOfferedRun } from './LookNotes.tsx';
import { LookPane } from './LookPane.tsx';
import { LookPanel } from './LookPanel.tsx';
import { NearTokens } from './NearTokens.tsx';
import { PhysicsPanel } from './PhysicsPanel.tsx';
import { PretrainedPanel } from './PretrainedPanel.tsx';
import { PretrainedPanes } from './PretrainedPanes.tsx';
import { Problem } from './Problem.tsx';
import { ProvokePanel } from './ProvokePanel.tsx';
import { nextPeak, SurpriseTrack } from './SurpriseTrack.tsx';
import { TrainedRun } from './TrainedRun.tsx';
import { Transport } from './Transport.tsx';
import './look.css';
import './pretrained.css';

export default function LookView() {
  const trained = useStudio((s) => s.run !== null);
  const mode = useFeatures((s) => s.mode);
  const pretrained = usePretrained((s) => s.encoder !== null);
  const offered = useOfferedRun();
  useKeydown(hearLookKey);
  useChanged();
  useFollowing();
  useEffect(beginLinks, []);
  return (
    <>
      <aside className="side side-left" aria-label="Clips and changes">
        <ClipLibrary />
        <PretrainedPanel />
        {trained && <ProvokePanel />}
        {trained && <PhysicsPanel />}
      </aside>
      <main className="stage looking">
        <Problem />
        <PretrainedPanes />
        {trained ? (
          <>
            <LookNotes />
            {mode === 'errors' ? <LookPanel /> : <FeaturePanel />}
            <Panes />
            {mode === 'errors' ? <LookBars /> : <Features />}
            <Transport>
              <SurpriseTrack />
            </Transport>
          </>
        ) : pretrained ? (
          <Transport>{null}</Transport>
        ) : (
          <>
            <LookNotes />
            {!offered && <NoRun />}
          </>
        )}
      </main>
    </>
  );
}

const paneOf = (id: PaneId) => {
  switch (id) {
    case 'errors-current':
      return <LookPane key={id} weights="current" />;
    case 'errors-random':
      return <LookPane key={id} weights="random" />;
    case 'features-current':
      return <FeaturePane key={id} weights="current" />;
    case 'features-random':
      return <FeaturePane key={id} weights="random" />;
  }
  return id satisfies never;
};

/** One picture, two beside each other, or errors and features of both. */
function Panes() {
  const { mode, swapped } = useFeatures();
  const { panes, largest } = useLook();
  const shown = shownPanes(mode, panes, swapped, largest);
  return (
    <div className={`panes panes-${shown.length}`} data-testid="look-panes">
      {shown.map(paneOf)}
    </div>
  );
}

function Features() {
  const kind = useFeatures((s) => s.kind);
  return (
    <>
      {kind === 'attention' && <AttentionReach />}
      <NearTokens />
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
        Train one, or go on with a kept run, on the <a href="#train">Train</a> screen; or open the one that comes with
        the studio: nano, trained for 1000 steps on drawn clips, 3 MB. Then this screen shows where and when its
        predictions fail. A pretrained encoder from an ONNX file needs no run.
      </p>
      <div className="row">
        <TrainedRun className="primary" />
      </div>
    </div>
  );
}

/** The changed video follows the window on the stage. */
function useChanged(): void {
  const viewed = useStudio((s) => s.viewed);
  const clips = useStudio((s) => s.clips);
  const runId = useStudio((s) => s.run?.runId);
  useEffect(endForeignChange, [viewed, clips]);
  useEffect(() => {
    const { provocation, changed } = useLook.getState();
    // the same frames: another run may take more of them, or farther apart
    const there = changed?.clipId === viewed?.clipId && changed?.times.join() === viewed?.times.join();
    // a link may change a video before its run is opened
    if (runId && provocation && !there) void readChanged();
  }, [viewed, runId]);
}

/** Whatever changes what is looked at, the features of that are asked for. */
function useFollowing(): void {
  useEffect(() => {
    const follow = () => void followFeatures();
    follow();
    const leave = [useStudio.subscribe(follow), useFeatures.subscribe(follow), useLook.subscribe(follow)];
    return () => {
      for (const one of leave) one();
    };
  }, []);
}

function hearLookKey(event: KeyboardEvent): void {
  if (!isPageKey(event) || event.shiftKey) return;
  const work = keys[event.key] ?? (useFeatures.getState().mode === 'features' ? featureKeys[event.key] : undefined);
  if (!work) return;
  event.preventDefault();
  work();
}

const keys: Record<string, () => void> = {
  e: () => void (useFeatures.getState().mode === 'features' ? readAgain() : measureErrors()),
  o: () => void measureTraining(),
  j: () => moveStep(-1),
  k: () => moveStep(1),
  u: () => void measureSurprise(),
  n: () => void nextPeak(),
  q: () => patchLook({ quantity: useLook.getState().quantity === 'error' ? 'skill' : 'error' }),
  s: () => nextSet(),
  l: () => void copyLookLink(),
  x: () => patchLook({ largest: useLook.getState().largest ? null : firstPane() }),
  f: () => patchFeatures({ mode: useFeatures.getState().mode === 'errors' ? 'features' : 'errors' }),
};

/** The number of pictures, by its digit. */
for (const panes of paneCounts) keys[panes] = () => patchLook({ panes, largest: null });

function firstPane(): PaneId {
  const { mode, swapped } = useFeatures.getState();
  return shownPanes(mode, useLook.getState().panes, swapped, null)[0];
}

/** From all mask sets to the first, and from the last back. */
function nextSet(): void {
  const studio = useStudio.getState();
  const sets = sceneConfig(studio).masks.length;
  const next = useLook.getState().allSets ? 0 : studio.maskSet + 1;
  const one = sets > 1 && next < sets;
  if (one) patch({ maskSet: next });
  patchLook({ allSets: !one });
}

const featureKeys: Record<string, () => void> = {
  p: () => patchFeatures({ kind: featureKinds[0] }),
  c: () => patchFeatures({ kind: featureKinds[1] }),
  a: () => patchFeatures({ kind: featureKinds[2] }),
  w: () => patchFeatures({ swapped: !useFeatures.getState().swapped }),
  h: () => nextHead(),
  '[': () => moveLayer(-1),
  ']': () => moveLayer(1),
};

/** From the mean of all heads to the first, and from the last back. */
function nextHead(): void {
  const { heads } = sceneConfig(useStudio.getState()).model;
  const { head } = useFeatures.getState();
  patchFeatures({ head: head === null ? 0 : head + 1 < heads ? head + 1 : null });
}

function moveLayer(by: number): void {
  const { depth } = sceneConfig(useStudio.getState()).model;
  const { kind, layer } = useFeatures.getState();
  const [low, high] = kind === 'attention' ? [1, depth] : [0, depth + 1];
  const from = Math.min(Math.max(layer ?? high, low), high);
  patchFeatures({ layer: Math.min(Math.max(from + by, low), high) });
}
