// Where prediction fails: the error of every target token over the frames, beside what random weights would do.

import { useCallback, useMemo } from 'react';
import { gridOf } from '../core/config.ts';
import { numbered } from '../core/numbered.ts';
import { mapObstacle, requestMap } from '../store/actions.ts';
import { patch, useFields, useStudio } from '../store/studio.ts';
import { hashOf, magma } from './colours.ts';
import { ColourScale } from './ColourScale.tsx';
import { errorByToken, errorRange, mapFields, meanOf, type ShownMap, shownMap } from './error-values.ts';
import { stageSize, tubeletOf } from './MaskView.tsx';
import { errorText } from './numbers.ts';
import { Pane } from './Pane.tsx';
import { paintCursor, paintError, paintFrame } from './paint.ts';
import { TokenCanvas } from './TokenCanvas.tsx';
import { TrainedRun } from './TrainedRun.tsx';

/** What the weights of a map are, in words. */
export const weightsText = (map: { step: number | null } | null): string =>
  map === null ? '' : map.step === null ? 'random weights' : `after ${numbered(map.step, 'step')}`;

export function ErrorMap() {
  const studio = useFields(...mapFields, 'device');
  const { run, whichMap, device } = studio;
  const map = shownMap(studio);
  const obstacle = run ? mapObstacle() : null;
  return (
    <Pane
      title="Prediction error"
      about={
        <>
          <span className="faint">
            {weightsText(map)}
            {map?.from === 'stored' && ', stored run'}
          </span>
          {(map ?? run) && (
            <div className="segmented" role="group" aria-label="Weights">
              <button type="button" aria-pressed={whichMap === 'latest'} onClick={() => patch({ whichMap: 'latest' })}>
                trained
              </button>
              <button type="button" aria-pressed={whichMap === 'random'} onClick={() => patch({ whichMap: 'random' })}>
                random
              </button>
            </div>
          )}
        </>
      }
      note={
        <>
          {map && <Numbers map={map} />}
          {run && map?.from !== 'stored' && (
            <button
              type="button"
              className="link"
              title="E"
              data-testid="request-map"
              disabled={run.mapPending || obstacle !== null || run.weightless || run.state === 'failed'}
              onClick={() => void requestMap()}
            >
              {run.mapPending ? 'Measuring' : 'Measure'}
            </button>
          )}
        </>
      }
    >
      {map ? (
        <ErrorCanvas map={map} />
      ) : (
        <div className="pane-empty">
          <p>{obstacle ?? emptyText(run?.state, device.kind)}</p>
          {!run && device.kind === 'ready' && <TrainedRun className="link" />}
        </div>
      )}
    </Pane>
  );
}

function ErrorCanvas({ map }: { map: ShownMap }) {
  const { viewed, frame, maskSet, hovered } = useFields('viewed', 'frame', 'maskSet', 'hovered');
  const top = useStudio((s) => errorRange(s).high);
  const { sets, model } = map;
  const values = useMemo(() => errorByToken({ sets }, maskSet), [sets, maskSet]);
  const paint = useCallback(
    (ctx: CanvasRenderingContext2D, size: number) => {
      ctx.clearRect(0, 0, size, size);
      if (viewed) paintFrame(ctx, size, viewed, frame);
      const cells = { grid: gridOf(model), tubelet: tubeletOf(frame, model), size };
      paintError(ctx, cells, values, { low: 0, high: top });
      paintCursor(ctx, cells, hovered);
    },
    [viewed, frame, model, values, top, hovered],
  );
  const numbers = [...values.values()];
  const mean = meanOf(numbers);
  const low = Math.min(...numbers);
  const high = Math.max(...numbers);
  return (
    <TokenCanvas
      size={stageSize}
      grid={gridOf(model)}
      tubelet={tubeletOf(frame, model)}
      label={`Prediction error, ${weightsText(map)}, frame ${frame + 1}: mean ${mean.toFixed(3)}, from ${low.toFixed(3)} to ${high.toFixed(3)}`}
      testId="error-map"
      data={{
        step: map.step ?? 'random',
        min: low.toFixed(5),
        max: high.toFixed(5),
        mean: mean.toFixed(5),
        hash: hashOf(numbers),
      }}
      paint={paint}
    />
  );
}

/** Scale, mean, what random weights would have, and the value under the pointer. */
function Numbers({ map }: { map: ShownMap }) {
  const studio = useFields(...mapFields, 'maskSet', 'hovered');
  const { maskSet, hovered, run } = studio;
  const values = errorByToken(map, maskSet);
  const mean = meanOf(values.values());
  const random = map.step === null ? null : shownMap(studio, 'random');
  const control = random && meanOf(errorByToken(random, maskSet).values());
  const here = hovered === null ? undefined : values.get(hovered);
  return (
    <>
      <ColourScale colour={magma} low="0" high={errorText(errorRange(studio).high, 2)} />
      {here === undefined ? (
        <>
          <span>
            <span className="faint">mean</span> {errorText(mean, 3)}
          </span>
          {control !== null && (
            <span>
              <span className="faint">random</span> {errorText(control, 3)}
              {run?.config.loss.target !== 'pixels' && (
                <span
                  className="faint"
                  title="Every network predicts features of its own teacher, so that the two errors say nothing of each other. The Look screen has the skill, which can be compared."
                >
                  {' '}
                  (own targets)
                </span>
              )}
            </span>
          )}
        </>
      ) : (
        <span>
          <span className="faint">token {hovered}</span> {errorText(here, 4)}
        </span>
      )}
    </>
  );
}

function emptyText(state: string | undefined, device: string): string {
  if (device === 'none') return 'Prediction errors need WebGPU. Masks and videos work without it.';
  if (state === 'preparing') return 'The model is being prepared.';
  if (state === 'failed') return 'The run failed before its errors were measured.';
  if (state) return 'The error of every hidden token is being measured.';
  return 'Train a model, and the error of every hidden token appears here.';
}
