// What both forms of the covariance bind, and everything that is not a product of tokens.
//
//   x (N, C)   sums (slabs, C)   mean (C)   parts (slabs, C, C): tiles on and below the diagonal   covariance (C, C)
//
// Tokens are added up slab by slab, and slabs in their order: the same numbers give the same sums, and short sums lose
// less to rounding than long ones.

struct Dims {
  N: u32,
  C: u32,
  slabs: u32,
  rows: u32, // of a slab; the last one may have fewer
}

@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;
@group(0) @binding(3) var<storage, read> known_sums: array<f32>;
@group(0) @binding(4) var<storage, read_write> mean: array<f32>;
@group(0) @binding(5) var<storage, read> known_mean: array<f32>;
@group(0) @binding(6) var<storage, read_write> parts: array<f32>;
@group(0) @binding(7) var<storage, read> known_parts: array<f32>;
@group(0) @binding(8) var<storage, read_write> covariance: array<f32>;

// sums[s, c] = Σ x[n, c] over the tokens of slab s. One invocation per (s, c).
@compute @workgroup_size(64)
fn slab_sums(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = flat(id, groups, 64u);
  if (at >= d.slabs * d.C) { return; }
  let first = (at / d.C) * d.rows;
  var sum = 0.0;
  for (var n = first; n < min(first + d.rows, d.N); n++) { sum += x[n * d.C + at % d.C]; }
  sums[at] = sum;
}

// mean[c] = Σ_s sums[s, c] / N. One invocation per channel.
@compute @workgroup_size(64)
fn means(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= d.C) { return; }
  var sum = 0.0;
  for (var s = 0u; s < d.slabs; s++) { sum += known_sums[s * d.C + id.x]; }
  mean[id.x] = sum / f32(d.N);
}

// covariance[c, e] = Σ_s parts[s, c, e] / N, above the diagonal as below it. One invocation per entry.
@compute @workgroup_size(64)
fn finish(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = flat(id, groups, 64u);
  if (at >= d.C * d.C) { return; }
  let low = min(at / d.C, at % d.C);
  let high = max(at / d.C, at % d.C);
  var sum = 0.0;
  for (var s = 0u; s < d.slabs; s++) { sum += known_parts[(s * d.C + high) * d.C + low]; }
  covariance[at] = sum / f32(d.N);
}

// One row of a 4 × 4 tile of parts.
fn put(slab: u32, c: u32, e: u32, v: vec4f) {
  if (c >= d.C) { return; }
  for (var i = 0u; i < 4u && e + i < d.C; i++) { parts[(slab * d.C + c) * d.C + e + i] = v[i]; }
}
