// Picks rows: y[i] = x[index[i]]. Backward: dx[j] = dy[inverse[j]], where inverse[j] is the one i with index[i] = j, or
// NONE where nobody picked row j (its gradient is zero). With NONE in `index` the row of y is zero.
//
//   x, dx (rows in, C)   y, dy (rows out, C)   index (rows out)   inverse (rows in)
//
// One entry serves both ways: one invocation per value of the result, neighbours on neighbouring columns.

struct Dims {
  rows: u32, // of the result
  C: u32,
  add: u32, // 1: the result is added to what is there
}

const NONE = 0xffffffffu;

@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> index: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn gather(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat(id, groups, 64u);
  if (i >= d.rows * d.C) { return; }
  let from_row = index[i / d.C];
  var v = 0.0;
  if (from_row != NONE) { v = x[from_row * d.C + i % d.C]; }
  if (d.add == 1u) { v += y[i]; }
  y[i] = v;
}
