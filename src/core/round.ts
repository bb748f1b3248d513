// Python's round, which the official code uses for block and crop sizes: halves go to the even neighbour.

export function roundHalfEven(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}
