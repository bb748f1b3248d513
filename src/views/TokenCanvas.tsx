// A square canvas over the token grid: paints when what it shows changed, and tells which token is under the pointer
// or, with the arrow keys, under the cursor.

import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { Grid } from '../core/grid.ts';
import { tokenIndex, tokenPosition } from '../core/grid.ts';
import { patch, useStudio } from '../store/studio.ts';

interface Props {
  /** pixels of the backing store, square */
  size: number;
  grid: Grid;
  tubelet: number;
  /** text alternative: what the picture shows, in numbers */
  label: string;
  testId: string;
  data: Record<string, string | number>;
  paint: (ctx: CanvasRenderingContext2D, size: number) => void;
}

const arrows: Record<string, [number, number]> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

export function TokenCanvas({ size, grid, tubelet, label, testId, data, paint }: Props) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const ctx = ref.current?.getContext('2d');
    if (!ctx) return;
    paint(ctx, size);
    if (!performance.getEntriesByName('first-frame').length) performance.mark('first-frame');
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const by = arrows[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation(); // the page's own arrow keys move in time
    const { hovered } = useStudio.getState();
    const from = hovered === null ? { y: -by[0], x: -by[1] } : tokenPosition(grid, hovered);
    const y = (from.y + by[0] + grid.h) % grid.h;
    const x = (from.x + by[1] + grid.w) % grid.w;
    patch({ hovered: tokenIndex(grid, tubelet, y, x), playing: false });
  };
  const attributes = Object.fromEntries(Object.entries(data).map(([name, value]) => [`data-${name}`, value]));
  return (
    <canvas
      ref={ref}
      className="token-canvas"
      width={size}
      height={size}
      role="img"
      tabIndex={0}
      aria-label={label}
      data-testid={testId}
      {...attributes}
      onKeyDown={onKeyDown}
      onBlur={() => patch({ hovered: null })}
      onPointerMove={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        const x = Math.floor(((event.clientX - box.left) / box.width) * grid.w);
        const y = Math.floor(((event.clientY - box.top) / box.height) * grid.h);
        const inside = x >= 0 && x < grid.w && y >= 0 && y < grid.h;
        patch({ hovered: inside ? tokenIndex(grid, tubelet, y, x) : null });
      }}
      onPointerLeave={() => patch({ hovered: null })}
    />
  );
}
