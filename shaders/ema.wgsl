// The target encoder follows the encoder (paper section 3.1): t = momentum · t + (1 - momentum) · p, with the weights
// as they are after the optimiser's step. Does nothing once the guard is set. One invocation per value.

struct Dims {
  n: u32,
  momentum: f32,
  rest: f32, // 1 - momentum, from f64
}

@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read_write> t: array<f32>;
@group(0) @binding(2) var<storage, read> p: array<f32>;
@group(0) @binding(3) var<storage, read> guard: array<u32>;

@compute @workgroup_size(64)
fn ema(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat(id, groups, 64u);
  if (i >= d.n || guard[0] != 0u) { return; }
  t[i] = t[i] * d.momentum + p[i] * d.rest;
}
