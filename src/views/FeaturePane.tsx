// The clip in the colours of its features, with one kind of weights: axes of most variance, similarity to the chosen token,
// or where its attention goes. Below it every tubelet at once, and numbers.

import { useCallback, useEffect, useMemo, useRef } from 'react';
import { gridOf } from '../core/config.ts';
import { type Grid, tokenCount, tokenPlace } from '../core/grid.ts';
import type { FeatureMap } from '../protocol/looking-features.ts';
import { mapOf, presentView, useFeatures } from '../store/look-features.ts';
import { nameOf } from '../store/look-export.ts';
import { copyLookLink } from '../store/look-link.ts';
import { changeOnStage, toggleLargest, useLook, type Weights } from '../store/look.ts';
import { patch, sceneConfig, useFields, useStudio, type ViewedClip } from '../store/studio.ts';
import { hashOf, viridis } from './colours.ts';
import { ColourScale } from './ColourScale.tsx';
import { lowestCosine, nearUniform, percent, reachOf, sharesOf, tokenNumbers } from './feature-values.ts';
import { weightNames } from './LookPane.tsx';
import { stageSize, tubeletOf } from './MaskView.tsx';
import { fixed } from './numbers.ts';
import { Pane } from './Pane.tsx';
import { PaneCorner } from './PaneCorner.tsx';
import { attentionShade, type Context, paintAttention, paintCursor, paintFrame, paintValues } from './paint.ts';
import { TokenCanvas } from './TokenCanvas.tsx';

type Paint = (ctx: Context, cells: { grid: Grid; tubelet: number; size: number }) => void;

/** Pixels of a tubelet in the strip. */
const small = 96;

const kindNames = { pca: 'main axes', similarity: 'similarity', attention: 'attention' } as const;

export function FeaturePane({ weights }: { weights: Weights }) {
  const { frame, hovered, run, viewed } = useFields('frame', 'hovered', 'run', 'viewed');
  useStudio((s) => s.selected); // part of the present view
  const look = useLook();
  const features = useFeatures();
  const { model } = useStudio(sceneConfig);
  const changed = changeOnStage(look, { run, viewed }) !== null;
  const clip = changed ? look.changed : viewed;
  const grid = gridOf(model);
  const tubelet = tubeletOf(frame, model);
  const view = presentView();
  const found = view && mapOf(features, view, weights);
  const map = found?.value.map ?? null;
  const low = view
    ? lowestCosine((['current', 'random'] as const).map((w) => mapOf(features, view, w)?.value.map ?? null))
    : 0;
  const layer = view?.layer ?? 0;
  const { head } = features;
  const paint = useMemo(() => map && painter(map, layer, head, low), [map, layer, head, low]);
  const chosen = map && map.kind !== 'pca' ? map.token : null;
  const at = hovered ?? chosen;
  const when = found ? (found.step === null ? '' : `after ${found.step} steps`) : '';
  const label = map
    ? `${weightNames[weights]}, ${kindNames[map.kind]} in tubelet ${tubelet + 1}${at === null ? '' : `; ${tokenPlace(grid, at)}: ${tokenNumbers(map, at, layer, features.head)}`}`
    : `${weightNames[weights]}, not read yet`;
  const select = (token: number) => patch({ selected: token, playing: false });
  const paintClip = useCallback(
    (ctx: Context, size: number, shown: number) => {
      if (clip) paintFrame(ctx, size, clip, shown);
      paint?.(ctx, { grid: gridOf(model), tubelet: tubeletOf(shown, model), size });
    },
    [clip, paint, model],
  );
  const paintStage = useCallback(
    (ctx: CanvasRenderingContext2D, size: number) => {
      ctx.clearRect(0, 0, size, size);
      paintClip(ctx, size, frame);
      const cells = { grid: gridOf(model), tubelet: tubeletOf(frame, model), size };
      paintCursor(ctx, cells, chosen);
      paintCursor(ctx, cells, hovered);
    },
    [paintClip, frame, model, chosen, hovered],
  );
  const kind = map?.kind ?? features.kind;
  const preparing = useStudio((s) => s.run?.state === 'preparing');
  return (
    <Pane
      title={weightNames[weights]}
      about={[kindNames[kind], when, changed && 'changed video'].filter(Boolean).join(', ')}
      corner={
        <PaneCorner
          title={`${weightNames[weights]}, ${kindNames[kind]}`}
          large={look.largest === `features-${weights}`}
          onLarge={() => toggleLargest(`features-${weights}`)}
          onLink={() => void copyLookLink()}
          picture={
            map && {
              file: (extension) => nameOf(`${kind}-${weights}`, found?.step ?? null, extension),
              about: { ...view?.about, ...view?.question, layer, head: features.head, step: found?.step },
              paint: paintClip,
              grid,
              columns: kind === 'pca' ? ['axis_1', 'axis_2', 'axis_3'] : [kind],
              values: Float32Array.from(valuesOf(map, layer, features.head)),
            }
          }
        />
      }
      tools={grid.t > 1 && <Strip clip={clip} grid={grid} paint={paint} chosen={chosen} tubelet={tubelet} />}
      note={
        map ? (
          <>
            <Legend map={map} low={low} layer={layer} head={features.head} tokens={tokenCount(grid)} />
            {at !== null && (
              <span>
                <span className="faint">{tokenPlace(grid, at)}</span> {tokenNumbers(map, at, layer, features.head)}
              </span>
            )}
          </>
        ) : (
          <span className="faint">
            {features.reading ? 'Reading the clip' : preparing ? 'The run is being prepared' : 'Not read'}
          </span>
        )
      }
    >
      <TokenCanvas
        size={stageSize}
        grid={grid}
        tubelet={tubelet}
        label={label}
        testId={`features-${weights}`}
        data={{
          caption: [kindNames[kind], when].filter(Boolean).join(', '),
          kind: map?.kind ?? 'none',
          step: found ? (found.step ?? 'random') : 'none',
          token: chosen ?? '',
          hash: map ? hashOf(valuesOf(map, layer, features.head)) : '',
        }}
        paint={paintStage}
        onStroke={(token, phase) => {
          if (phase === 'start') select(token);
        }}
        onEnter={select}
      />
    </Pane>
  );
}

/** What tells two pictures apart. */
const valuesOf = (map: FeatureMap, layer: number, head: number | null): ArrayLike<number> & Iterable<number> =>
  map.kind === 'pca' ? map.projected : map.kind === 'similarity' ? map.cosines : sharesOf(map, layer, head);

function painter(map: FeatureMap, layer: number, head: number | null, low: number): Paint {
  switch (map.kind) {
    case 'pca': {
      const { colours } = map;
      const tokens = new Map(Array.from({ length: colours.length / 3 }, (_, n) => [n, n]));
      return (ctx, cells) =>
        paintValues(ctx, cells, tokens, (n) => [colours[3 * n], colours[3 * n + 1], colours[3 * n + 2]]);
    }
    case 'similarity': {
      const values = new Map(map.cosines.entries());
      return (ctx, cells) => paintValues(ctx, cells, values, (v) => viridis((v - low) / (1 - low || 1)));
    }
    case 'attention': {
      const shares = sharesOf(map, layer, head);
      const most = shares.reduce((a, b) => Math.max(a, b), 0);
      return (ctx, cells) => paintAttention(ctx, cells, shares, most);
    }
  }
  return map satisfies never;
}

interface StripProps {
  clip: ViewedClip | null;
  grid: Grid;
  paint: Paint | null;
  chosen: number | null;
  tubelet: number;
}

/** All tubelets side by side; the one on the stage is underlined. */
function Strip({ clip, grid, paint, chosen, tubelet }: StripProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  const { model } = useStudio(sceneConfig);
  useEffect(() => {
    const ctx = ref.current?.getContext('2d');
    if (!ctx) return;
    ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
    const cut = gridOf(model);
    for (let t = 0; t < cut.t; t++) {
      ctx.save();
      ctx.translate(t * (small + 4), 0);
      ctx.beginPath();
      ctx.rect(0, 0, small, small);
      ctx.clip();
      if (clip) paintFrame(ctx, small, clip, t * model.tubelet);
      const cells = { grid: cut, tubelet: t, size: small };
      paint?.(ctx, cells);
      paintCursor(ctx, cells, chosen);
      ctx.restore();
    }
    ctx.fillStyle = getComputedStyle(ctx.canvas).color;
    ctx.fillRect(tubelet * (small + 4), small + 4, small, 4);
  }, [clip, model, paint, chosen, tubelet]);
  const width = grid.t * (small + 4) - 4;
  return (
    <div className="feature-strip">
      <canvas
        ref={ref}
        width={width}
        height={small + 8}
        role="img"
        aria-label={`All ${grid.t} tubelets; tubelet ${tubelet + 1} is shown large`}
        title="Shows this tubelet large; also ← →"
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const t = Math.floor(((event.clientX - box.left) / box.width) * grid.t);
          patch({ frame: Math.min(Math.max(t, 0), grid.t - 1) * model.tubelet, playing: false });
        }}
      />
    </div>
  );
}

interface LegendProps {
  map: FeatureMap;
  low: number;
  layer: number;
  head: number | null;
  tokens: number;
}

/** How bright attention leaves a white picture. */
const grey = (share: number): [number, number, number] => {
  const v = Math.round(255 * (1 - attentionShade * (1 - share)));
  return [v, v, v];
};

/** What the colours mean, in numbers. */
function Legend({ map, low, layer, head, tokens }: LegendProps) {
  switch (map.kind) {
    case 'pca':
      return (
        <span>
          <span className="faint">red, green, blue hold</span>{' '}
          {map.variances.map((v) => percent(map.total > 0 ? v / map.total : 0)).join(', ')}{' '}
          <span className="faint">of the total variance of {map.total.toPrecision(3)}</span>
        </span>
      );
    case 'similarity':
      return <ColourScale colour={viridis} low={fixed(low, 2)} high="1" />;
    case 'attention': {
      const shares = sharesOf(map, layer, head);
      const most = shares.reduce((a, b) => Math.max(a, b), 0);
      return (
        <>
          <ColourScale colour={(share) => grey(share)} low="0" high={percent(most)} />
          <span>
            <span className="faint">evenly {percent(1 / tokens)}; reaches</span>{' '}
            {reachOf(map.space, map, layer, head).toFixed(1)} px
          </span>
          {nearUniform(shares) && <span data-testid="near-uniform">near uniform: nothing stands out</span>}
        </>
      );
    }
  }
  return map satisfies never;
}
