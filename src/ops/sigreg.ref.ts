// f64 reference of SIGReg: Epps–Pulley along each direction, 17 knots on [0, 3] by the trapezoid rule.

export function sigregRef(x: ArrayLike<number>, S: number, sets: [number, number][]): number[] {
  const knots = 17;
  const step = 3 / (knots - 1);
  return sets.map(([first, n]) => {
    let total = 0;
    for (let s = 0; s < S; s++)
      for (let k = 0; k < knots; k++) {
        const t = k * step;
        let [re, im] = [0, 0];
        for (let i = 0; i < n; i++) {
          re += Math.cos(t * x[(first + i) * S + s]) / n;
          im += Math.sin(t * x[(first + i) * S + s]) / n;
        }
        const e = Math.exp((-t * t) / 2);
        total += step * (k === 0 || k === knots - 1 ? 0.5 : 1) * e * ((re - e) ** 2 + im ** 2);
      }
    return (n * total) / S;
  });
}
