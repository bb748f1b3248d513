// WebGPU allows 65535 workgroups a dimension; longer lists are folded into rows of them (see `flat` in lib.wgsl).

const widest = 65535;

/** Grid of at least `groups` workgroups. */
export function fold(groups: number): [number, number] {
  if (groups <= widest) return [groups, groups ? 1 : 0];
  const rows = Math.ceil(groups / widest);
  return [Math.ceil(groups / rows), rows];
}
