// The clip as a strip, one picture per tubelet under its mask. Pressed, a picture moves the cursor there; a token that is
// lit anywhere is lit here too.

import { useEffect, useRef } from 'react';
import { wake } from '../store/actions.ts';
import { patch, useStudio } from '../store/studio.ts';
import { tubeletOf } from './MaskView.tsx';
import { CONTEXT, paintCursor, TARGET } from './paint.ts';
import { framesPerTubelet, type Scene, tubeletSide } from './scene.ts';
import { tokenUnder } from './TokenCanvas.tsx';

export function LabStrip({ scene, pictures }: { scene: Scene; pictures: OffscreenCanvas[] }) {
  const hovered = useStudio((s) => s.hovered);
  const selected = useStudio((s) => s.selected);
  const { grid, kinds, model } = scene;
  const tubelet = useStudio((s) => tubeletOf(s.frame, model));
  const plane = grid.h * grid.w;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    for (const [t, canvas] of [...(box.current?.querySelectorAll('canvas') ?? [])].entries()) {
      const ctx = canvas.getContext('2d');
      const picture = pictures[t];
      if (!ctx || !picture) continue;
      ctx.drawImage(picture, 0, 0);
      const cells = { grid, tubelet: t, size: tubeletSide };
      paintCursor(ctx, cells, selected);
      paintCursor(ctx, cells, hovered);
    }
  }, [pictures, grid, selected, hovered]);
  const count = (t: number, kind: number) =>
    kinds ? kinds.subarray(t * plane, (t + 1) * plane).reduce((n, k) => n + (k === kind ? 1 : 0), 0) : 0;
  return (
    <div className="lab-strip" role="group" aria-label="Tubelets" ref={box} data-testid="lab-strip">
      {pictures.map((_, t) => {
        const [context, target] = [count(t, CONTEXT), count(t, TARGET)];
        const told = `tubelet ${t + 1}, ${context} context and ${target} target tokens of ${plane}`;
        return (
          <button
            key={t}
            type="button"
            className="tubelet"
            aria-current={tubelet === t}
            title={told}
            onClick={() => {
              wake();
              patch({ frame: t * framesPerTubelet(model), playing: false });
            }}
            onPointerLeave={() => patch({ hovered: null })}
          >
            <canvas
              width={tubeletSide}
              height={tubeletSide}
              aria-hidden="true"
              data-picture="filmstrip"
              data-caption={`tubelet ${t + 1}`}
              onPointerMove={(event) => {
                const token = tokenUnder(event, grid, t);
                if (token !== useStudio.getState().hovered) patch({ hovered: token });
              }}
            />
            <span className="small">
              <span className="unseen">tubelet {t + 1},</span>
              <i className="key key-context" aria-hidden="true" /> {context}
              <span className="unseen">context and</span>
              <i className="key key-target" aria-hidden="true" /> {target}
              <span className="unseen">target tokens of {plane}</span>
            </span>
          </button>
        );
      })}
    </div>
  );
}
