// Sums over the 64 invocations of a workgroup, first within subgroups of whatever size: appended to norm_workgroup.wgsl,
// which then enables subgroups. Two barriers instead of eight. A subgroup is a run of invocations, as every implementation
// has it for workgroups of one dimension.

fn row_sum(local: u32, value: vec2f) -> vec2f {
  let own = subgroupAdd(value);
  let size = u32(subgroupAdd(1.0)); // of the invocations that there are: a subgroup may be wider than the workgroup
  workgroupBarrier();
  if (subgroupElect()) { partial[local / size] = own; }
  workgroupBarrier();
  var sum = vec2f(0.0);
  for (var i = 0u; i < WIDTH / size; i++) { sum += partial[i]; }
  return sum;
}
