// A piece of a chart's line, before the words that say what it is.

import { series } from './colours.ts';

/** Colour and dash of a chart's lines, by their place among them. */
export const strokeAt = (i: number) => {
  const { colour, dash } = series[i % series.length];
  return { stroke: colour, strokeDasharray: dash };
};

export const LineKey = (stroke: { stroke: string; strokeDasharray: string }) => (
  <svg width="22" height="8" viewBox="0 0 22 8" aria-hidden="true">
    <line x1="0" x2="22" y1="4" y2="4" strokeWidth="2" {...stroke} />
  </svg>
);
