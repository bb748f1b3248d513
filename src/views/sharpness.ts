// How many pixels a square canvas needs for its place on the page: more on large and dense screens, in few steps, so that
// a splitter or a window that is dragged does not repaint at every pixel.

import { type RefObject, useEffect, useRef, useState } from 'react';

const steps = [640, 960, 1280];

/** The box that the canvas fills, and the side of its backing store. */
export function useSharpness(): [RefObject<HTMLDivElement | null>, number] {
  const ref = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState(steps[0]);
  useEffect(() => {
    const box = ref.current;
    if (!box) return undefined;
    const observer = new ResizeObserver(() => {
      const wanted = Math.min(box.clientWidth, box.clientHeight) * devicePixelRatio;
      setSize(steps.find((s) => s >= wanted) ?? steps[steps.length - 1]);
    });
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  return [ref, size];
}
