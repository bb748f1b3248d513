// Where prediction fails: the error of every target token over the frames, beside what random weights would do.

import { mapObstacle, requestMap } from '../store/actions.ts';
import { patch, useStudio } from '../store/studio.ts';
import { hashOf, magma } from './colours.ts';
import { errorByToken, errorRange, mapGrid, meanOf, shownMap } from './error-values.ts';
import { stageSize, tubeletOf } from './MaskView.tsx';
import { paintCursor, paintError, paintFrame } from './paint.ts';
import { TokenCanvas } from './TokenCanvas.tsx';

export function ErrorMap() {
  const { viewed, frame, maskSet, hovered, run, stored, whichMap, device, draw, config } = useStudio();
  const map = shownMap({ run, stored, viewed, whichMap, draw, config });
  const range = errorRange({ run, stored });
  const values = map ? errorByToken(map, maskSet) : new Map<number, number>();
  const numbers = [...values.values()];
  const mean = meanOf(numbers);
  const obstacle = run ? mapObstacle() : null;
  const title = map ? (map.step === null ? 'Random weights' : `After ${map.step} steps`) : 'Prediction error';
  return (
    <figure className="pane">
      <figcaption>
        <span className="pane-title">{title}</span>
        {map?.from === 'stored' && <span className="badge">stored run</span>}
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
      </figcaption>
      {map ? (
        <TokenCanvas
          size={stageSize}
          grid={mapGrid(map)}
          tubelet={tubeletOf(frame, map.model)}
          label={`Prediction error, ${title}, frame ${frame + 1}: mean ${mean.toFixed(3)}, from ${Math.min(...numbers).toFixed(3)} to ${Math.max(...numbers).toFixed(3)}`}
          testId="error-map"
          data={{
            step: map.step ?? 'random',
            min: Math.min(...numbers).toFixed(5),
            max: Math.max(...numbers).toFixed(5),
            mean: mean.toFixed(5),
            hash: hashOf(numbers),
          }}
          paint={(ctx, size) => {
            ctx.clearRect(0, 0, size, size);
            if (viewed) paintFrame(ctx, size, viewed, frame);
            const cells = { grid: mapGrid(map), tubelet: tubeletOf(frame, map.model), size };
            paintError(ctx, cells, values, range);
            paintCursor(ctx, cells, hovered);
          }}
        />
      ) : (
        <div className="pane-empty">
          <p>{obstacle ?? emptyText(run?.state, device.kind)}</p>
        </div>
      )}
      <p className="pane-note">
        {map && (
          <>
            <Scale high={range.high} />
            <span className="faint"> mean </span>
            {mean.toFixed(3)}
            {hovered !== null && values.has(hovered) && (
              <>
                <span className="faint"> here </span>
                {values.get(hovered)!.toFixed(3)}
              </>
            )}
          </>
        )}
        {run && (
          <button
            type="button"
            className="link"
            data-testid="request-map"
            disabled={run.mapPending || obstacle !== null || run.state === 'preparing'}
            onClick={() => void requestMap()}
          >
            {run.mapPending ? 'Measuring' : 'Measure now'}
          </button>
        )}
      </p>
    </figure>
  );
}

function emptyText(state: string | undefined, device: string): string {
  if (device === 'none') return 'Prediction errors need WebGPU. Masks and videos work without it.';
  if (state === 'preparing') return 'The model is being prepared.';
  if (state) return 'The first error map is being measured.';
  return 'Train a model, and the error of every hidden token appears here.';
}

/** Colour scale from 0 to the largest error seen. */
function Scale({ high }: { high: number }) {
  const stops = Array.from({ length: 9 }, (_, i) => `rgb(${magma(i / 8).join(' ')})`).join(', ');
  return (
    <span className="scale">
      0
      <i
        ref={(element) => element?.style.setProperty('background', `linear-gradient(90deg, ${stops})`)}
        aria-hidden="true"
      />
      {high.toFixed(2)}
    </span>
  );
}
