// The clip with the error or skill of every token over it, with one kind of weights; the colour scale in numbers.

import { useCallback, useMemo } from 'react';
import { gridOf } from '../core/config.ts';
import { tokenPlace } from '../core/grid.ts';
import { numbered } from '../core/numbered.ts';
import type { Quantity } from '../core/look-view.ts';
import type { TokenErrors } from '../protocol/looking.ts';
import { useFeatures } from '../store/look-features.ts';
import { nameOf } from '../store/look-export.ts';
import { copyLookLink } from '../store/look-link.ts';
import { readingAbout, readingColumn, readingName, readingTitle } from '../store/look-reading.ts';
import { changeOnStage, toggleLargest, useLook, type Weights } from '../store/look.ts';
import { sceneConfig, useFields, useStudio } from '../store/studio.ts';
import { hashOf, magma, rdbu } from './colours.ts';
import { ColourScale } from './ColourScale.tsx';
import { meanOf } from './error-values.ts';
import { overall, shownErrors, shownVolume, valuesOf } from './look-values.ts';
import { stageSize, tubeletOf } from './MaskView.tsx';
import { fixed } from './numbers.ts';
import { Pane } from './Pane.tsx';
import { PaneCorner } from './PaneCorner.tsx';
import { type Context, paintCursor, paintFrame, paintValues } from './paint.ts';
import { TokenCanvas } from './TokenCanvas.tsx';

export const weightNames: Record<Weights, string> = { current: 'Trained', random: 'Random weights' };

/** What was measured with some weights, and the errors of the mask sets that are looked at. */
function useErrors(weights: Weights) {
  const { run, viewed, maskSet } = useFields('run', 'viewed', 'maskSet');
  const look = useLook();
  const found = shownVolume({ run, viewed }, look, weights);
  const volume = found?.value ?? null;
  const { allSets } = look;
  const errors = useMemo(() => volume && shownErrors(volume, { allSets }, maskSet), [volume, allSets, maskSet]);
  return { found, errors };
}

const highestOf = (errors: TokenErrors | null): number =>
  errors ? [...valuesOf(errors, 'error', 'mean').values()].reduce((a, b) => Math.max(a, b), 0) : 0;

/** The largest error of both kinds of weights, so that their pictures can be compared. */
function useHighest(): number {
  const { errors: current } = useErrors('current');
  const { errors: random } = useErrors('random');
  return useMemo(() => Math.max(highestOf(current), highestOf(random)) || 1, [current, random]);
}

const colourOf = (quantity: Quantity, high: number): ((value: number) => [number, number, number]) =>
  quantity === 'error' ? (v) => magma(v / high) : rdbu;

export function LookPane({ weights }: { weights: Weights }) {
  const { frame, hovered, maskSet, run, viewed } = useFields('frame', 'hovered', 'maskSet', 'run', 'viewed');
  const look = useLook();
  const { model } = useStudio(sceneConfig);
  const { quantity, baseline } = look;
  const high = useHighest();
  const changed = changeOnStage(look, { run, viewed }) !== null;
  const clip = changed ? look.changed : viewed;
  const grid = gridOf(model);
  const tubelet = tubeletOf(frame, model);
  const mode = useFeatures((s) => s.mode);
  const { found, errors } = useErrors(weights);
  const values = useMemo(
    () => (errors ? valuesOf(errors, quantity, baseline) : new Map<number, number>()),
    [errors, quantity, baseline],
  );
  const { set } = found?.value.groups ?? { set: [] };
  const groups = look.allSets ? set : set.filter((g) => g.low === maskSet);
  const mean = groups.length ? overall(groups, quantity, baseline) : NaN;
  const plane = grid.h * grid.w;
  const here = [...values].filter(([n]) => Math.floor(n / plane) === tubelet).map(([, v]) => v);
  const below = [...values.values()].filter((v) => v <= -1).length;
  const reading = { quantity, baseline, set: look.allSets ? null : maskSet };
  const when = found ? (found.step === null ? '' : `after ${found.step} steps`) : '';
  const paint = useCallback(
    (ctx: Context, size: number, at: number) => {
      if (clip) paintFrame(ctx, size, clip, at);
      const cells = { grid: gridOf(model), tubelet: tubeletOf(at, model), size };
      if (errors) paintValues(ctx, cells, values, colourOf(quantity, high));
    },
    [clip, model, errors, values, quantity, high],
  );
  const paintStage = useCallback(
    (ctx: CanvasRenderingContext2D, size: number) => {
      ctx.clearRect(0, 0, size, size);
      paint(ctx, size, frame);
      paintCursor(ctx, { grid: gridOf(model), tubelet: tubeletOf(frame, model), size }, hovered);
    },
    [paint, frame, model, hovered],
  );
  const label = found
    ? `${weightNames[weights]}, ${quantity} in tubelet ${tubelet + 1}: ${told(here)}`
    : `${weightNames[weights]}, not measured`;
  return (
    <Pane
      title={weightNames[weights]}
      about={[found && quantity, when, changed && 'changed video'].filter(Boolean).join(', ')}
      corner={
        <PaneCorner
          title={`${weightNames[weights]}, ${quantity}`}
          large={look.largest === `errors-${weights}`}
          onLarge={() => toggleLargest(`errors-${weights}`)}
          onLink={() => void copyLookLink()}
          picture={
            found && {
              file: (extension) => nameOf(`${readingName(reading)}-${weights}`, found.step, extension),
              about: {
                ...readingAbout(reading),
                weights: found.weights,
                step: found.step,
              },
              paint,
              grid,
              columns: [readingColumn(reading)],
              values: Float32Array.from({ length: plane * grid.t }, (_, n) => values.get(n) ?? NaN),
            }
          }
        />
      }
      note={
        found ? (
          <>
            <Scale quantity={quantity} high={high} />
            {hovered !== null && values.has(hovered) ? (
              <span>
                <span className="faint">{tokenPlace(grid, hovered)}</span> {fixed(values.get(hovered) ?? NaN, 3)}
              </span>
            ) : (
              <span>
                <span className="faint">mean of the clip</span> {fixed(mean, 3)}
              </span>
            )}
            {quantity === 'skill' && below > values.size / 2 && (
              <span className="faint">
                {below} tokens at −1 or below<span data-hint>: Q shows their errors</span>
              </span>
            )}
            {values.size < plane * grid.t && (
              <span className="faint">{numbered(plane * grid.t - values.size, 'token')} never hidden</span>
            )}
          </>
        ) : (
          <span className="faint">
            {look.measuring !== null
              ? 'It is being measured.'
              : mode === 'features'
                ? 'The view of errors measures them.'
                : 'Measure to see the error of every token.'}
          </span>
        )
      }
    >
      <TokenCanvas
        size={stageSize}
        grid={grid}
        tubelet={tubelet}
        label={label}
        testId={`look-${weights}`}
        data={{
          step: found ? (found.step ?? 'random') : 'none',
          caption: [readingTitle(reading), when].filter(Boolean).join(', '),
          mean: mean.toFixed(5),
          tokens: values.size,
          hash: hashOf(values.values()),
        }}
        paint={paintStage}
      />
    </Pane>
  );
}

/** Values of a tubelet in words; masks may never hide any of it. */
const told = (values: number[]): string =>
  values.length
    ? `mean ${fixed(meanOf(values), 3)}, from ${fixed(Math.min(...values), 3)} to ${fixed(Math.max(...values), 3)}`
    : 'no token of it was hidden';

/** Error from 0 to the highest in magma; skill from −1 to 1, red below zero, and what is lower like −1. */
function Scale({ quantity, high }: { quantity: Quantity; high: number }) {
  const colour = colourOf(quantity, 1);
  return quantity === 'error' ? (
    <ColourScale colour={colour} low="0" high={high.toFixed(2)} />
  ) : (
    <ColourScale colour={(share) => colour(2 * share - 1)} low="≤ −1" high="1" />
  );
}
