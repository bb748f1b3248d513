// The page: clips and mask on the left, the stage in the middle, training on the right.

import { useCallback, useEffect, useState } from 'react';
import { addFiles } from '../store/actions.ts';
import { patch, useStudio } from '../store/studio.ts';
import { ClipLibrary } from './ClipLibrary.tsx';
import { droppedFiles } from './dropped-files.ts';
import { ErrorMap } from './ErrorMap.tsx';
import { Inspector } from './Inspector.tsx';
import { KeySheet, useKeys } from './KeySheet.tsx';
import { MaskControls } from './MaskControls.tsx';
import { MaskView } from './MaskView.tsx';
import { RunCharts } from './RunCharts.tsx';
import { TopBar } from './TopBar.tsx';
import { TrainPanel } from './TrainPanel.tsx';
import { Transport } from './Transport.tsx';

export function App() {
  const [sheet, setSheet] = useState(false);
  const openSheet = useCallback(() => setSheet(true), []);
  useKeys(openSheet);
  const dragging = useDrop();
  return (
    <>
      <TopBar onKeys={openSheet} />
      <main className="layout">
        <div className="side side-left">
          <ClipLibrary />
          <MaskControls />
        </div>
        <div className="stage">
          <Notices />
          <div className="panes">
            <MaskView />
            <ErrorMap />
          </div>
          <Transport />
          <RunCharts />
        </div>
        <div className="side side-right">
          <TrainPanel />
          <Inspector />
        </div>
      </main>
      {dragging && (
        <div className="drop" aria-hidden="true">
          <p>Drop to add clips. They stay on this device.</p>
        </div>
      )}
      <KeySheet open={sheet} onClose={() => setSheet(false)} />
    </>
  );
}

/** Why there is no GPU and what to do; and the last request that failed. */
function Notices() {
  const device = useStudio((s) => s.device);
  const problem = useStudio((s) => s.problem);
  const demo = useStudio((s) => s.demo);
  return (
    <>
      {device.kind === 'none' && (
        <div className="notice" role="status" data-testid="device-advice">
          <p>{device.error.message}</p>
          <p className="faint">{device.error.advice}</p>
          <p className="faint">Masks, videos and the stored run work without it.</p>
        </div>
      )}
      {problem && (
        <div className="notice notice-bad" role="alert" data-testid="problem">
          <p>{problem.message}</p>
          {problem.advice && <p className="faint">{problem.advice}</p>}
          <button type="button" className="link" onClick={() => patch({ problem: null })}>
            Dismiss
          </button>
        </div>
      )}
      {demo && device.kind !== 'none' && (
        <p className="lead">
          V-JEPA hides large space-time blocks of a video and learns to predict the <em>features</em> of what is hidden.
          Drop your own videos, or press <kbd>T</kbd> to train a small one in this tab.
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
      event.preventDefault();
      setDragging(false);
      if (event.dataTransfer) {
        void droppedFiles(event.dataTransfer).then(addFiles, (error: unknown) =>
          patch({
            problem: {
              code: 'video',
              message: `The dropped files could not be read: ${String(error)}`,
              advice: 'Use the button instead.',
            },
          }),
        );
      }
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
