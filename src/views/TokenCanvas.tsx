// A square canvas over the token grid: paints when what it shows changed, and tells which token is under the pointer
// or, with the arrow keys, under the cursor.

import { type KeyboardEvent, type PointerEvent, useEffect, useRef } from 'react';
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
  /** painted again whenever this is another function */
  paint: (ctx: CanvasRenderingContext2D, size: number) => void;
  /** a pointer pressed on a token, moved while pressed, and lifted */
  onStroke?: (token: number, phase: 'start' | 'move' | 'end') => void;
  /** Enter on the token under the cursor */
  onEnter?: (token: number) => void;
  /** of a grid that is not the stage's; without one the page's shared cursor */
  cursor?: TokenCursor;
}

export interface TokenCursor {
  get: () => number | null;
  set: (token: number | null) => void;
}

const shared: TokenCursor = {
  get: () => useStudio.getState().hovered,
  set: (hovered) => patch({ hovered }),
};

const arrows: Record<string, [number, number]> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

export function TokenCanvas({
  size,
  grid,
  tubelet,
  label,
  testId,
  data,
  paint,
  onStroke,
  onEnter,
  cursor = shared,
}: Props) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const ctx = ref.current?.getContext('2d');
    if (!ctx) return;
    paint(ctx, size);
    if (!performance.getEntriesByName('first-frame').length) performance.mark('first-frame');
  }, [paint, size]);
  /** the last token of a stroke that goes on */
  const pressed = useRef<number | null>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const under = cursor.get();
    if (event.key === 'Enter' && onEnter && under !== null) {
      event.preventDefault();
      return onEnter(under);
    }
    const by = arrows[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation(); // the page's own arrow keys move in time
    const from = under === null ? { y: -by[0], x: -by[1] } : tokenPosition(grid, under);
    const y = (from.y + by[0] + grid.h) % grid.h;
    const x = (from.x + by[1] + grid.w) % grid.w;
    cursor.set(tokenIndex(grid, tubelet, y, x));
    patch({ playing: false });
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
      onBlur={() => cursor.set(null)}
      onPointerDown={(event) => {
        const token = tokenUnder(event, grid, tubelet);
        if (!onStroke || token === null || event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        pressed.current = token;
        onStroke(token, 'start');
      }}
      onLostPointerCapture={() => {
        // lifted, or taken away by the system: wherever that was, the stroke is over
        if (pressed.current !== null) onStroke?.(pressed.current, 'end');
        pressed.current = null;
      }}
      onPointerMove={(event) => {
        const held = pressed.current !== null;
        const token = held ? tokenNear(event, grid, tubelet) : tokenUnder(event, grid, tubelet);
        if (token === cursor.get()) return;
        cursor.set(token);
        if (!held || token === null) return;
        pressed.current = token;
        onStroke?.(token, 'move');
      }}
      onPointerLeave={() => cursor.set(null)}
    />
  );
}

/** Column and row of the grid under the pointer, also beside the picture. */
function cellUnder(event: PointerEvent<HTMLElement>, grid: Grid): { x: number; y: number } {
  const box = event.currentTarget.getBoundingClientRect();
  const x = Math.floor(((event.clientX - box.left) / box.width) * grid.w);
  const y = Math.floor(((event.clientY - box.top) / box.height) * grid.h);
  return { x, y };
}

/** The token of a tubelet under the pointer; null beside the picture. */
export function tokenUnder(event: PointerEvent<HTMLElement>, grid: Grid, tubelet: number): number | null {
  const { x, y } = cellUnder(event, grid);
  return x >= 0 && x < grid.w && y >= 0 && y < grid.h ? tokenIndex(grid, tubelet, y, x) : null;
}

/** The nearest token of a tubelet. */
function tokenNear(event: PointerEvent<HTMLElement>, grid: Grid, tubelet: number): number {
  const { x, y } = cellUnder(event, grid);
  const inside = (v: number, length: number) => Math.min(Math.max(v, 0), length - 1);
  return tokenIndex(grid, tubelet, inside(y, grid.h), inside(x, grid.w));
}
