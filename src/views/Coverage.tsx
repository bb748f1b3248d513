// How often every place of the frame is context, or target: a map over (h, w) in the colour of what it counts.

import { useCallback } from 'react';
import type { MaskCut } from '../core/config.ts';
import { type Grid, tokenPosition } from '../core/grid.ts';
import { useStudio } from '../store/studio.ts';
import { ColourScale } from './ColourScale.tsx';
import { coverage } from './colours.ts';
import { cutNames } from './MaskControls.tsx';
import { tubeletOf } from './MaskView.tsx';
import { paintCursor } from './paint.ts';
import { percent } from './TokenPanel.tsx';
import { TokenCanvas } from './TokenCanvas.tsx';

const side = 224;

interface Props {
  grid: Grid;
  /** (h · w) shares */
  values: Float32Array;
  kind: 'context' | 'target';
  cut: MaskCut;
}

export function Coverage({ grid, values, kind, cut }: Props) {
  const hovered = useStudio((s) => s.hovered);
  const tubelet = useStudio((s) => Math.min(tubeletOf(s.frame, s.labConfig.model), grid.t - 1));
  const { h, w } = grid;
  const corner = values[0];
  const centre = values[Math.floor(h / 2) * w + Math.floor(w / 2)];
  const inside = hovered !== null && hovered < grid.t * h * w;
  const at = inside ? tokenPosition(grid, hovered) : null;
  const place = at && at.y * w + at.x;
  const here = place === null ? null : values[place];
  const paint = useCallback(
    (ctx: CanvasRenderingContext2D, size: number) => {
      for (let y = 0; y < h; y++)
        for (let x = 0; x < w; x++) {
          ctx.fillStyle = `rgb(${coverage[kind](values[y * w + x]).join(' ')})`;
          const [left, top] = [Math.round((x * size) / w), Math.round((y * size) / h)];
          ctx.fillRect(left, top, Math.round(((x + 1) * size) / w) - left, Math.round(((y + 1) * size) / h) - top);
        }
      // a place has no tubelet: the cursor is shown wherever it is in time
      if (place !== null) paintCursor(ctx, { grid: { t: 1, h, w }, tubelet: 0, size }, place);
    },
    [values, kind, h, w, place],
  );
  return (
    <div className="coverage">
      <TokenCanvas
        size={side}
        grid={grid}
        tubelet={tubelet}
        label={`Share of draws in which a place is ${kind}, cut ${cut}: corner ${percent(corner)}, centre ${percent(centre)}`}
        testId={`coverage-${cut}-${kind}`}
        data={{ picture: 'coverage', caption: `Cut ${cutNames[cut]}, ${kind}` }}
        paint={paint}
      />
      <p className="small">
        <span>
          <i className={`key key-${kind}`} aria-hidden="true" />{' '}
          {here === null ? `corner ${percent(corner)}` : `here ${percent(here)}`}
        </span>
        {here === null && <span>centre {percent(centre)}</span>}
        <ColourScale colour={coverage[kind]} low="0" high="100 %" />
      </p>
    </div>
  );
}
