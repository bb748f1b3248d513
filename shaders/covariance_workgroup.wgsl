// Covariance of the tokens of a clip for GPUs. Formulas in covariance.wgsl, bindings, the other passes and shapes in
// covariance_bindings.wgsl.
//
// 64 × 64 entries per workgroup of 256, 4 × 4 each; the channels of both sides are staged, centred, in 8 KiB of workgroup
// memory, 16 tokens at a time. Every entry is loaded once for 64 multiply-adds.

const TILE = 64u;
const DEPTH = 16u;
var<workgroup> left: array<f32, 1024>; // (DEPTH, TILE)
var<workgroup> right: array<f32, 1024>;

@compute @workgroup_size(16, 16)
fn products(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  if (group.x > group.y) { return; }
  let c0 = group.y * TILE;
  let e0 = group.x * TILE;
  let first = group.z * d.rows;
  let end = min(first + d.rows, d.N);
  // neighbours in the workgroup read neighbours in memory; every invocation stages the same channel throughout
  let c = min(c0 + local % TILE, d.C - 1u);
  let e = min(e0 + local % TILE, d.C - 1u);
  let mean_c = known_mean[c];
  let mean_e = known_mean[e];
  var tile = mat4x4f(); // columns are rows of the result
  for (var n0 = first; n0 < end; n0 += DEPTH) {
    for (var i = local; i < TILE * DEPTH; i += 256u) {
      let n = n0 + i / TILE;
      let at = min(n, d.N - 1u) * d.C;
      left[i] = select(0.0, x[at + c] - mean_c, n < end);
      right[i] = select(0.0, x[at + e] - mean_e, n < end);
    }
    workgroupBarrier();
    for (var k = 0u; k < DEPTH; k++) {
      let i = k * TILE + id.y * 4u;
      let j = k * TILE + id.x * 4u;
      let b = vec4f(right[j], right[j + 1u], right[j + 2u], right[j + 3u]);
      tile += mat4x4f(b * left[i], b * left[i + 1u], b * left[i + 2u], b * left[i + 3u]);
    }
    workgroupBarrier();
  }
  for (var i = 0u; i < 4u; i++) { put(group.z, c0 + id.y * 4u + i, e0 + id.x * 4u, tile[i]); }
}
