// The clip as V-JEPA sees it: context clear, targets tinted, unused tokens grey.

import { useMemo } from 'react';
import { gridOf } from '../core/config.ts';
import { patch, useStudio } from '../store/studio.ts';
import { hashOf } from './colours.ts';
import { paintCursor, paintFrame, paintMask, tokenKinds } from './paint.ts';
import { TokenCanvas } from './TokenCanvas.tsx';

export const stageSize = 640;

/** Tubelet that a frame belongs to. */
export const tubeletOf = (frame: number, model: { frames: number; tubelet: number }): number =>
  model.frames === 1 ? 0 : Math.floor(Math.min(frame, model.frames - 1) / model.tubelet);

export function MaskView() {
  const { viewed, frame, sets, maskSet, maskShown, hovered, config, maskProblem } = useStudio();
  const grid = gridOf(config.model);
  const tubelet = tubeletOf(frame, config.model);
  const set = sets[maskSet];
  const kinds = useMemo(
    () => (set ? tokenKinds(gridOf(config.model), set.context[0], set.target[0]) : null),
    [set, config.model],
  );
  const counts = set
    ? { context: set.context[0].length, target: set.target[0].length, all: grid.t * grid.h * grid.w }
    : null;
  const label = counts
    ? `${viewed?.name ?? 'Clip'}, frame ${frame + 1}, mask set ${maskSet + 1}: ${counts.context} context and ${counts.target} target tokens of ${counts.all}`
    : (maskProblem ?? 'No mask');
  return (
    <figure className="pane">
      <figcaption>
        <span className="pane-title">What it sees</span>
        <SetSwitch />
      </figcaption>
      <TokenCanvas
        size={stageSize}
        grid={grid}
        tubelet={tubelet}
        label={label}
        testId="mask-view"
        data={{ hash: set ? hashOf([...set.context[0], -1, ...set.target[0]]) : 'none', frame }}
        paint={(ctx, size) => {
          ctx.clearRect(0, 0, size, size);
          if (viewed) paintFrame(ctx, size, viewed, frame);
          const cells = { grid, tubelet, size };
          if (kinds && maskShown) paintMask(ctx, cells, kinds);
          paintCursor(ctx, cells, hovered);
        }}
      />
      <p className="pane-note">
        {maskProblem ? (
          <span className="warn">{maskProblem}</span>
        ) : (
          counts && (
            <>
              <Key kind="context" /> {counts.context} context
              <Key kind="target" /> {counts.target} target
              {counts.all > counts.context + counts.target && (
                <>
                  <Key kind="unused" /> {counts.all - counts.context - counts.target} unused
                </>
              )}
              <span className="faint"> of {counts.all} tokens</span>
            </>
          )
        )}
      </p>
    </figure>
  );
}

const Key = ({ kind }: { kind: 'context' | 'target' | 'unused' }) => (
  <i className={`key key-${kind}`} aria-hidden="true" />
);

/** Chooses the mask set that all views show. */
export function SetSwitch() {
  const sets = useStudio((s) => s.sets.length);
  const maskSet = useStudio((s) => s.maskSet);
  const masks = useStudio((s) => s.config.masks);
  if (sets < 2) return null;
  return (
    <div className="segmented" role="group" aria-label="Mask set">
      {Array.from({ length: sets }, (_, i) => {
        const mask = masks[i];
        const name =
          mask?.kind === 'multiblock'
            ? `${mask.blocks} × ${mask.spatialScale[0]}`
            : mask
              ? `tube ${mask.ratio}`
              : `${i + 1}`;
        return (
          <button key={i} type="button" aria-pressed={i === maskSet} onClick={() => patch({ maskSet: i })}>
            {name}
          </button>
        );
      })}
    </div>
  );
}
