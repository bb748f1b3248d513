// The space-time cube: every token of the clip at once. Turned by dragging or with the arrow keys, pulled apart along
// time, and cut open at the cursor.

import { type KeyboardEvent, type PointerEvent, useEffect, useRef } from 'react';
import { tokenPosition } from '../core/grid.ts';
import { patchLab, useLab } from '../store/lab.ts';
import { patch, useStudio } from '../store/studio.ts';
import { type CubePicture, paintCube, paintCubeCursor, tokenAt } from './cube-paint.ts';
import { tubeletOf } from './MaskView.tsx';
import { Pane } from './Pane.tsx';
import { CONTEXT, TARGET, UNUSED } from './paint.ts';
import type { Scene } from './scene.ts';
import { useSharpness } from './sharpness.ts';

const turns: Record<string, [number, number]> = {
  ArrowLeft: [-0.12, 0],
  ArrowRight: [0.12, 0],
  ArrowUp: [0, 0.1],
  ArrowDown: [0, -0.1],
};
const steepest = 1.45;

function turn(yaw: number, pitch: number): void {
  const { cube } = useLab.getState();
  patchLab({
    cube: { ...cube, yaw: cube.yaw + yaw, pitch: Math.min(Math.max(cube.pitch + pitch, -steepest), steepest) },
  });
}

const parts = [
  { kind: CONTEXT, name: 'context' },
  { kind: TARGET, name: 'target' },
  { kind: UNUSED, name: 'unused' },
] as const;

export function Cube({ scene, pictures }: { scene: Scene; pictures: OffscreenCanvas[] }) {
  const cube = useLab((s) => s.cube);
  const { counts, grid } = scene;
  const [body, size] = useSharpness();
  return (
    <Pane
      title="Space-time cube"
      body={body}
      about={
        <>
          <span className="faint">{counts && `${grid.t} × ${grid.h} × ${grid.w}`}</span>
          <div className="segmented" role="group" aria-label="Slice">
            {(['none', 't', 'y', 'x'] as const).map((axis) => (
              <button
                key={axis}
                type="button"
                aria-pressed={cube.slice === axis}
                title={axis === 'none' ? 'whole (X)' : `cut open at the cursor's ${sliceNames[axis]} (X)`}
                onClick={() => patchLab({ cube: { ...cube, slice: axis } })}
              >
                {axis === 'none' ? 'whole' : axis}
              </button>
            ))}
          </div>
        </>
      }
      tools={
        <div className="tools">
          {counts &&
            parts.map(({ kind, name }) => (
              <label key={name} className="check">
                <input
                  type="checkbox"
                  checked={cube.shown[kind]}
                  onChange={(e) => {
                    const shown: [boolean, boolean, boolean] = [...cube.shown];
                    shown[kind] = e.target.checked;
                    patchLab({ cube: { ...cube, shown } });
                  }}
                />
                <i className={`key key-${name}`} aria-hidden="true" /> {name}
              </label>
            ))}
          <label className="check explode">
            <span className="faint">apart</span>
            <input
              type="range"
              min={0}
              max={1}
              step={0.05}
              value={cube.explode}
              title="C"
              onChange={(e) => patchLab({ cube: { ...cube, explode: Number(e.target.value) } })}
            />
          </label>
        </div>
      }
    >
      <CubeCanvas scene={scene} pictures={pictures} size={size} />
    </Pane>
  );
}

const sliceNames = { t: 'tubelet', y: 'row', x: 'column' };

function CubeCanvas({ scene, pictures, size }: { scene: Scene; pictures: OffscreenCanvas[]; size: number }) {
  const hovered = useStudio((s) => s.hovered);
  const selected = useStudio((s) => s.selected);
  const cube = useLab((s) => s.cube);
  const ref = useRef<HTMLCanvasElement>(null);
  const picture = useRef<CubePicture | null>(null);
  const drag = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const { grid, kinds, model, counts } = scene;
  const tubelet = useStudio((s) => tubeletOf(s.frame, model));
  const cursor = hovered ?? selected;
  const sound = kinds !== null && (cursor === null || cursor < kinds.length);
  const { y, x } = sound && cursor !== null ? tokenPosition(grid, cursor) : { y: 0, x: 0 };
  useEffect(() => {
    const ctx = ref.current?.getContext('2d');
    if (!ctx) return;
    if (!kinds) return ctx.clearRect(0, 0, size, size);
    // what is cut open follows the frame in time, and the token in space
    picture.current = paintCube(ctx, size, { grid, kinds, pictures, at: { t: tubelet, y, x } }, cube);
    paintCubeCursor(ctx, picture.current, tubelet, sound ? [selected, hovered] : []);
  }, [size, grid, kinds, pictures, tubelet, y, x, cube, sound, selected, hovered]);
  const point = (event: PointerEvent<HTMLCanvasElement>): [number, number] => {
    const box = event.currentTarget.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * size, ((event.clientY - box.top) / box.height) * size];
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = turns[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation(); // the page's own arrow keys move in time
    turn(...by);
  };
  return (
    <canvas
      ref={ref}
      className="token-canvas cube"
      width={size}
      height={size}
      role="img"
      tabIndex={0}
      data-testid="lab-cube"
      data-picture="cube"
      data-caption={`${grid.t} tubelets of ${grid.h} × ${grid.w} tokens`}
      data-yaw={cube.yaw.toFixed(3)}
      data-pitch={cube.pitch.toFixed(3)}
      aria-label={
        counts
          ? `Cube of ${grid.t} tubelets of ${grid.h} × ${grid.w} tokens: ${counts.context} context, ${counts.target} target, ${counts.unused} unused; arrow keys turn it`
          : 'Cube without a mask'
      }
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { x: event.clientX, y: event.clientY, moved: false };
      }}
      onPointerMove={(event) => {
        const held = drag.current;
        if (held && event.buttons & 1) {
          const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
          if (!held.moved && Math.hypot(dx, dy) < 4) return;
          drag.current = { x: event.clientX, y: event.clientY, moved: true };
          return turn(dx * 0.008, dy * 0.008);
        }
        const token = picture.current && tokenAt(picture.current, ...point(event));
        if (token !== useStudio.getState().hovered) patch({ hovered: token });
      }}
      onPointerUp={(event) => {
        const held = drag.current;
        drag.current = null;
        const token = picture.current && tokenAt(picture.current, ...point(event));
        if (held && !held.moved && token !== null)
          patch({
            selected: token === useStudio.getState().selected ? null : token,
            frame: tokenPosition(grid, token).t * (model.frames === 1 ? 1 : model.tubelet),
            playing: false,
          });
      }}
      onPointerCancel={() => {
        drag.current = null;
      }}
      onPointerLeave={() => patch({ hovered: null })}
    />
  );
}
