// f64 reference of the latent loss per token, and its gradient by the definition of |e|^p.

export function latentLossRef(
  z: ArrayLike<number>,
  h: ArrayLike<number>,
  target: number[],
  share: ArrayLike<number>,
  C: number,
  p: number,
) {
  const error = target.map((row, i) => {
    let sum = 0;
    for (let c = 0; c < C; c++) sum += Math.abs(z[i * C + c] - h[row * C + c]) ** p / p;
    return sum / C;
  });
  const dz = target.flatMap((row, i) =>
    Array.from({ length: C }, (_, c) => {
      const e = z[i * C + c] - h[row * C + c];
      return e === 0 ? 0 : Math.sign(e) * Math.abs(e) ** (p - 1) * share[i];
    }),
  );
  return { error, dz };
}
