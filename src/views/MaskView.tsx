// The clip as V-JEPA sees it: context clear, targets tinted, unused tokens grey.

import { useCallback, useMemo } from 'react';
import { gridOf } from '../core/config.ts';
import { wake } from '../store/actions.ts';
import { maskName, setNames } from '../mask/maskings.ts';
import { patch, sceneConfig, useFields, useStudio } from '../store/studio.ts';
import { hashOf } from './colours.ts';
import { Pane } from './Pane.tsx';
import { paintCursor, paintFrame, paintMask, tokenKinds } from './paint.ts';
import { TokenCanvas } from './TokenCanvas.tsx';

export const stageSize = 640;

/** Tubelet that a frame belongs to. */
export const tubeletOf = (frame: number, model: { frames: number; tubelet: number }): number =>
  model.frames === 1 ? 0 : Math.floor(Math.min(frame, model.frames - 1) / model.tubelet);

export function MaskView() {
  const { viewed, frame, sets, maskSet, maskShown, coarse, hovered, maskProblem } = useFields(
    'viewed',
    'frame',
    'sets',
    'maskSet',
    'maskShown',
    'coarse',
    'hovered',
    'maskProblem',
  );
  const { model } = useStudio(sceneConfig);
  const grid = gridOf(model);
  const tubelet = tubeletOf(frame, model);
  const set = sets[maskSet];
  const kinds = useMemo(() => (set ? tokenKinds(gridOf(model), set.context[0], set.target[0]) : null), [set, model]);
  const cover = useStudio((s) => s.cover);
  const clip = useMemo(
    () => (cover && maskShown && viewed && kinds ? cover(viewed, gridOf(model), kinds, model.tubelet) : viewed),
    [cover, maskShown, viewed, kinds, model],
  );
  const paint = useCallback(
    (ctx: CanvasRenderingContext2D, size: number) => {
      ctx.clearRect(0, 0, size, size);
      if (clip) paintFrame(ctx, size, clip, frame, coarse ? model.crop : undefined);
      const cells = { grid: gridOf(model), tubelet, size };
      if (kinds && maskShown) paintMask(ctx, cells, kinds);
      paintCursor(ctx, cells, hovered);
    },
    [clip, frame, model, tubelet, kinds, maskShown, coarse, hovered],
  );
  const counts = set
    ? { context: set.context[0].length, target: set.target[0].length, all: grid.t * grid.h * grid.w }
    : null;
  const label = counts
    ? `${viewed?.name ?? 'Clip'}, frame ${frame + 1}, mask set ${maskSet + 1}: ${counts.context} context and ${counts.target} target tokens of ${counts.all}`
    : (maskProblem ?? 'No mask');
  return (
    <Pane
      title="What it sees"
      about={<SetSwitch />}
      note={
        counts ? (
          <>
            <Key kind="context" count={counts.context} />
            <Key kind="target" count={counts.target} />
            {counts.all > counts.context + counts.target && (
              <Key kind="unused" count={counts.all - counts.context - counts.target} />
            )}
            <span className="faint">of {counts.all} tokens</span>
            {viewed && model.crop < viewed.side && (
              <button
                type="button"
                className="link"
                title={`P; the network is given the middle square of a frame with ${model.crop} × ${model.crop} pixels`}
                data-testid="coarse"
                onClick={() => patch({ coarse: !coarse })}
              >
                {coarse ? 'as filmed' : `in ${model.crop} px`}
              </button>
            )}
          </>
        ) : (
          maskProblem && <span className="warn">{maskProblem}</span>
        )
      }
    >
      <TokenCanvas
        size={stageSize}
        grid={grid}
        tubelet={tubelet}
        label={label}
        testId="mask-view"
        data={{
          hash: set ? hashOf([...set.context[0], -1, ...set.target[0]]) : 'none',
          frame,
          covered: cover ? 'yes' : 'no',
          coarse: coarse ? model.crop : 'no',
        }}
        paint={paint}
      />
    </Pane>
  );
}

const Key = ({ kind, count }: { kind: 'context' | 'target' | 'unused'; count: number }) => (
  <span>
    <i className={`key key-${kind}`} aria-hidden="true" /> {count} {kind}
  </span>
);

/** Chooses the mask set that all views show. */
export function SetSwitch() {
  const maskSet = useStudio((s) => s.maskSet);
  const { masks } = useStudio(sceneConfig);
  if (masks.length < 2) return null;
  const choose = (i: number) => {
    wake();
    patch({ maskSet: i });
  };
  return (
    <div className="segmented" role="group" aria-label="Mask set">
      {setNames(masks).map((name, i) => (
        <button
          key={i}
          type="button"
          title={`set ${i + 1}: ${maskName(masks[i])}`}
          aria-pressed={i === maskSet}
          onClick={() => choose(i)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
