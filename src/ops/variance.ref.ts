// f64 reference of the official variance term: mean over clips and channels of relu(1 − mean over sets of std).

export function varianceRef(
  z: ArrayLike<number>,
  C: number,
  segments: [number, number][],
  sets: number,
): { hinge: number[]; value: number } {
  const B = segments.length / sets;
  const hinge: number[] = [];
  for (let b = 0; b < B; b++)
    for (let c = 0; c < C; c++) {
      let spread = 0;
      for (let s = 0; s < sets; s++) {
        const [first, count] = segments[s * B + b];
        const values = Array.from({ length: count }, (_, i) => z[(first + i) * C + c]);
        const mean = values.reduce((a, v) => a + v, 0) / count;
        const variance = values.reduce((a, v) => a + (v - mean) ** 2, 0) / (Math.max(count, 2) - 1);
        spread += Math.sqrt(variance + 1e-4) / sets;
      }
      hinge.push(Math.max(0, 1 - spread));
    }
  return { hinge, value: hinge.reduce((a, v) => a + v, 0) / hinge.length };
}
