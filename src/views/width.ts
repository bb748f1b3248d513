// The width of a box in pixels, so that letters in a drawing keep their size at every width.

import { type RefCallback, useCallback, useState } from 'react';

const least = 240;

/** A ref for the box, and its width; `first` until it is known. */
export function useWidth(first: number): [box: RefCallback<HTMLElement>, width: number] {
  const [width, setWidth] = useState(first);
  const box = useCallback((element: HTMLElement | null) => {
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setWidth(Math.max(least, Math.round(element.clientWidth))));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [box, width];
}
