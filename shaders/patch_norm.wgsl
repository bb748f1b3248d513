// Pixels as targets: every patch minus its mean, divided by its spread.
//
//   y[i, v] = (x[i, v] - mean_i) / (sqrt(Σ_v (x[i, v] - mean_i)² / (V - 1)) + 1e-6)
//
// The article compares features with "normalized pixel values, as in masked autoencoders" (section 4.1). So mean and
// variance run over all values of the patch, the three channels together (MAE, norm_pix_loss); the variance is the
// unbiased one of PyTorch and the epsilon lies outside of the root (VideoMAE, engine_for_pretraining.py, which takes
// each channel apart). LayerNorm has the biased variance and its epsilon within, so it is not this.
//
//   x, y (n, V)    one row a patch: (c, t, y, x) as shaders/patches.wgsl gathers it, V ≥ 2
//
// Sums run over x - x[i, 0]: a patch of one value gives exact zeros instead of rounding divided by epsilon.
// One invocation per row; *_workgroup: one workgroup of 64 per row. No gradient: targets are constants.

struct Dims {
  n: u32,
  V: u32,
}

@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

fn scale(squares: f32) -> f32 { return 1.0 / (sqrt(squares / f32(d.V - 1u)) + 1e-6); }

@compute @workgroup_size(16)
fn patch_norm(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat(id, groups, 16u);
  if (i >= d.n) { return; }
  let start = i * d.V;
  let first = x[start];
  var sum = 0.0;
  for (var v = 0u; v < d.V; v++) { sum += x[start + v] - first; }
  let mean = sum / f32(d.V);
  var squares = 0.0;
  for (var v = 0u; v < d.V; v++) {
    let off = (x[start + v] - first) - mean;
    squares += off * off;
  }
  let by = scale(squares);
  for (var v = 0u; v < d.V; v++) { y[start + v] = ((x[start + v] - first) - mean) * by; }
}

var<workgroup> partial: array<f32, 64>;

// Sum over the workgroup, the same for every lane.
fn total(local: u32, value: f32) -> f32 {
  partial[local] = value;
  workgroupBarrier();
  for (var half = 32u; half > 0u; half /= 2u) {
    if (local < half) { partial[local] += partial[local + half]; }
    workgroupBarrier();
  }
  let sum = partial[0];
  workgroupBarrier();
  return sum;
}

@compute @workgroup_size(64)
fn patch_norm_workgroup(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = group.y * groups.x + group.x;
  // rows that fill up the grid have no values, but meet at the barriers like all others
  let V = select(0u, d.V, i < d.n);
  let start = select(0u, i * d.V, i < d.n);
  let first = x[start];
  var sum = 0.0;
  for (var v = local; v < V; v += 64u) { sum += x[start + v] - first; }
  let mean = total(local, sum) / f32(d.V);
  var squares = 0.0;
  for (var v = local; v < V; v += 64u) {
    let off = (x[start + v] - first) - mean;
    squares += off * off;
  }
  let by = scale(total(local, squares));
  for (var v = local; v < V; v += 64u) { y[start + v] = ((x[start + v] - first) - mean) * by; }
}
