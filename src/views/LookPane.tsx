// The clip with the error or skill of every token over it, with one kind of weights; the colour scale in numbers.

import { gridOf } from '../core/config.ts';
import { tokenPlace } from '../core/grid.ts';
import type { Quantity } from '../core/look-view.ts';
import { nameOf } from '../store/look-export.ts';
import { copyLookLink } from '../store/look-link.ts';
import { toggleLargest, useLook, type Weights } from '../store/look.ts';
import { sceneConfig, useStudio } from '../store/studio.ts';
import { hashOf, magma, rdbu } from './colours.ts';
import { ColourScale } from './ColourScale.tsx';
import { meanOf } from './error-values.ts';
import { overall, shownErrors, shownVolume, valuesOf } from './look-values.ts';
import { stageSize, tubeletOf } from './MaskView.tsx';
import { Pane } from './Pane.tsx';
import { PaneCorner } from './PaneCorner.tsx';
import { type Context, paintCursor, paintFrame, paintValues } from './paint.ts';
import { TokenCanvas } from './TokenCanvas.tsx';

export const weightNames: Record<Weights, string> = { current: 'Trained', random: 'Random weights' };

/** The largest error of both kinds of weights, so that their pictures can be compared. */
function useHighest(): number {
  const studio = useStudio();
  const look = useLook();
  let high = 0;
  for (const weights of ['current', 'random'] as const) {
    const found = shownVolume(studio, look, weights);
    if (!found) continue;
    for (const v of valuesOf(shownErrors(found.value, look, studio.maskSet), 'error', 'mean').values())
      high = Math.max(high, v);
  }
  return high || 1;
}

const colourOf = (quantity: Quantity, high: number): ((value: number) => [number, number, number]) =>
  quantity === 'error' ? (v) => magma(v / high) : rdbu;

export function LookPane({ weights }: { weights: Weights }) {
  const studio = useStudio();
  const look = useLook();
  const { model } = useStudio(sceneConfig);
  const { frame, hovered, maskSet } = studio;
  const { quantity, baseline } = look;
  const high = useHighest();
  const clip = look.provocation ? look.changed : studio.viewed;
  const grid = gridOf(model);
  const tubelet = tubeletOf(frame, model);
  const found = shownVolume(studio, look, weights);
  const values = found
    ? valuesOf(shownErrors(found.value, look, maskSet), quantity, baseline)
    : new Map<number, number>();
  const { set } = found?.value.groups ?? { set: [] };
  const groups = look.allSets ? set : set.filter((g) => g.low === maskSet);
  const mean = groups.length ? overall(groups, quantity, baseline) : NaN;
  const plane = grid.h * grid.w;
  const here = [...values].filter(([n]) => Math.floor(n / plane) === tubelet).map(([, v]) => v);
  const when = found ? (found.step === null ? '' : `after ${found.step} steps`) : '';
  const paint = (ctx: Context, size: number, at: number) => {
    if (clip) paintFrame(ctx, size, clip, at);
    if (found) paintValues(ctx, { grid, tubelet: tubeletOf(at, model), size }, values, colourOf(quantity, high));
  };
  const label = found
    ? `${weightNames[weights]}, ${quantity} in tubelet ${tubelet + 1}: mean ${meanOf(here).toFixed(3)}, from ${Math.min(...here).toFixed(3)} to ${Math.max(...here).toFixed(3)}`
    : `${weightNames[weights]}, not measured`;
  return (
    <Pane
      title={weightNames[weights]}
      about={
        <span className="faint">
          {[quantity, when, look.provocation && 'changed video'].filter(Boolean).join(', ')}
        </span>
      }
      corner={
        <PaneCorner
          title={`${weightNames[weights]}, ${quantity}`}
          large={look.largest === `errors-${weights}`}
          onLarge={() => toggleLargest(`errors-${weights}`)}
          onLink={() => void copyLookLink()}
          picture={
            found && {
              file: (extension) => nameOf(`${quantity}-${weights}`, found.step, extension),
              about: {
                what: quantity,
                ...(quantity === 'skill' && { baseline }),
                weights: found.weights,
                step: found.step,
              },
              paint,
              grid,
              columns: [quantity],
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
                <span className="faint">{tokenPlace(grid, hovered)}</span> {values.get(hovered)?.toFixed(3)}
              </span>
            ) : (
              <span>
                <span className="faint">mean</span> {mean.toFixed(3)}
              </span>
            )}
            {values.size < plane * grid.t && (
              <span className="faint">{plane * grid.t - values.size} tokens were never hidden</span>
            )}
          </>
        ) : (
          <span className="faint">Measure to see the error of every token.</span>
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
          mean: mean.toFixed(5),
          tokens: values.size,
          hash: hashOf(values.values()),
        }}
        paint={(ctx, size) => {
          ctx.clearRect(0, 0, size, size);
          paint(ctx, size, frame);
          paintCursor(ctx, { grid, tubelet, size }, hovered);
        }}
      />
    </Pane>
  );
}

/** Error from 0 to the highest in magma; skill from −1 to 1, red below zero. */
function Scale({ quantity, high }: { quantity: Quantity; high: number }) {
  const colour = colourOf(quantity, 1);
  return quantity === 'error' ? (
    <ColourScale colour={colour} low="0" high={high.toFixed(2)} />
  ) : (
    <ColourScale colour={(share) => colour(2 * share - 1)} low="−1" high="1" />
  );
}
