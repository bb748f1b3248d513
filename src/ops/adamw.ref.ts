// f64 reference of AdamW (torch.optim.AdamW) for one value.

export interface AdamState {
  p: number;
  m: number;
  v: number;
}

export function adamwRef(
  s: AdamState,
  g: number,
  t: number,
  lr: number,
  wd: number,
  [b1, b2]: [number, number],
  eps: number,
): AdamState {
  const m = b1 * s.m + (1 - b1) * g;
  const v = b2 * s.v + (1 - b2) * g * g;
  const denominator = Math.sqrt(v) / Math.sqrt(1 - b2 ** t) + eps;
  return { p: s.p * (1 - lr * wd) - ((lr / (1 - b1 ** t)) * m) / denominator, m, v };
}
