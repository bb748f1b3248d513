// The page: the top bar and one of its screens. Training is there at once, the others load when they are opened.

import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { useKeep } from '../store/keep.ts';
import { openDevice } from '../store/actions.ts';
import { slowOf, useSlow } from '../store/slow.ts';
import { receiveFiles, tellUnread } from '../store/receive-files.ts';
import { useStudio } from '../store/studio.ts';
import { Boundary } from './Boundary.tsx';
import { ClipLibrary } from './ClipLibrary.tsx';
import { droppedFiles, droppedHandles } from './dropped-files.ts';
import { ErrorMap } from './ErrorMap.tsx';
import { Filmstrip } from './Filmstrip.tsx';
import { holdFocus } from './focus.ts';
import { Inspector } from './Inspector.tsx';
import { KeptRuns } from './KeptRuns.tsx';
import { MaskControls } from './MaskControls.tsx';
import { MaskView } from './MaskView.tsx';
import { useKeys } from './page-keys.ts';
import { Problem } from './Problem.tsx';
import { RunCharts } from './RunCharts.tsx';
import { TopBar } from './TopBar.tsx';
import { TrainedRun } from './TrainedRun.tsx';
import { TrainPanel } from './TrainPanel.tsx';
import { Transport } from './Transport.tsx';

const KeptOffer = lazy(() => import('./KeptOffer.tsx'));
const MaskLab = lazy(() => import('./MaskLab.tsx'));
const EvaluateView = lazy(() => import('./EvaluateView.tsx'));
const LookView = lazy(() => import('./LookView.tsx'));
const SlowMotion = lazy(() => import('./SlowMotion.tsx'));
const RunsView = lazy(() => import('./RunsView.tsx'));
const SystemView = lazy(() => import('./SystemView.tsx'));
const Lesson = lazy(() => import('./Lesson.tsx'));
const KeySheet = lazy(() => import('./KeySheet.tsx'));

export function App() {
  const screen = useStudio((s) => s.screen);
  const lesson = useStudio((s) => s.lesson);
  const [sheet, setSheet] = useState(false);
  const openSheet = useCallback(() => setSheet(true), []);
  useKeys(openSheet);
  useEffect(holdFocus, []);
  const dragging = useDrop();
  return (
    <>
      <TopBar onKeys={openSheet} />
      <Boundary of="screen" key={screen}>
        <Suspense fallback={<main className="stage" aria-busy="true" />}>
          {screen === 'train' && <TrainScreen />}
          {screen === 'masks' && <MaskLab />}
          {screen === 'evaluate' && <EvaluateView />}
          {screen === 'look' && <LookView />}
          {screen === 'runs' && <RunsView />}
          {screen === 'system' && <SystemView />}
        </Suspense>
      </Boundary>
      {lesson !== null && (
        <Boundary of="part">
          <Suspense>
            <Lesson chapter={lesson} />
          </Suspense>
        </Boundary>
      )}
      {dragging && (
        <div className="drop" aria-hidden="true">
          <p>Drop to add clips. They stay on this device.</p>
        </div>
      )}
      {sheet && (
        <div className="floating">
          <Boundary of="part">
            <Suspense>
              <KeySheet onClose={() => setSheet(false)} />
            </Suspense>
          </Boundary>
        </div>
      )}
    </>
  );
}

/** Clips and mask on the left, the stage in the middle, training on the right. */
function TrainScreen() {
  const run = useStudio((s) => s.run);
  const slow = useSlow((s) => slowOf(s, run) !== null);
  return (
    <>
      <aside className="side side-left" aria-label="Clips and masks">
        <ClipLibrary />
        <MaskControls />
      </aside>
      <main className="stage">
        <Notices />
        {slow ? (
          <Boundary of="part">
            <Suspense fallback={<div className="panes" aria-busy="true" />}>
              <SlowMotion />
            </Suspense>
          </Boundary>
        ) : (
          <div className="panes">
            <MaskView />
            <ErrorMap />
          </div>
        )}
        <RunCharts />
        <Transport>
          <Filmstrip />
        </Transport>
      </main>
      <aside className="side side-right" aria-label="Training">
        <TrainPanel />
        <KeptRuns />
        <Inspector />
      </aside>
    </>
  );
}

/** Why there is no GPU and what to do; the last request that failed; before anything was done, what this is. */
function Notices() {
  const device = useStudio((s) => s.device);
  const demo = useStudio((s) => s.demo);
  const offered = useKeep((s) => s.offered);
  return (
    <>
      {device.kind === 'none' && (
        <div className="notice" role="status" data-testid="device-advice">
          <p>
            <strong>{device.error.message}</strong>
          </p>
          <p>{device.error.advice}</p>
          <p className="faint">Masks, videos and the stored run work without it.</p>
          <button type="button" onClick={openDevice}>
            Look again
          </button>
        </div>
      )}
      <Problem />
      {offered && (
        <Boundary of="part">
          <Suspense>
            <KeptOffer />
          </Suspense>
        </Boundary>
      )}
      {demo && device.kind !== 'none' && (
        <p className="lead">
          V-JEPA predicts the <em>features</em> of what it hides from a video. Drop one, or press <kbd>T</kbd> to train
          in this tab. <TrainedRun className="link" /> <a href="#lesson">Take the lesson</a>
        </p>
      )}
    </>
  );
}

/** Takes files and folders dropped anywhere on the page. */
function useDrop(): boolean {
  const [dragging, setDragging] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setDragging(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setDragging(false);
    };
    const drop = (event: DragEvent) => {
      // text that is dragged into a field is the field's
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setDragging(false);
      const handles = droppedHandles(event.dataTransfer);
      void droppedFiles(event.dataTransfer).then(async ({ files, unread }) => {
        receiveFiles(files);
        if (unread.length) tellUnread(unread);
        const { rememberOpened } = await import('../store/opened-before.ts');
        await rememberOpened(await handles, files);
      });
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, []);
  return dragging;
}
