// Latent prediction loss (paper eq. 1; official loss_fn): per predicted token
//
//   error[i] = Σ_c |z[i, c] - h[target[i], c]|^p / (p C)
//   dz[i, c] = |z - h|^(p-1) sign(z - h) · share[i]
//
// share[i] = 1 / (sets · tokens of the set · C), so that every mask set weighs the same whatever its token count.
// h is the normalised output of the target encoder; no gradient flows into it. sign(0) = 0, as in PyTorch.
//
//   z, dz (n, C)   h (rows, C)   target (n) rows of h   share (n)   error (n)
//
// One invocation per token; *_workgroup: one workgroup of 64 per token.

struct Dims {
  n: u32,
  C: u32,
  p: f32,
}

@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read> z: array<f32>;
@group(0) @binding(2) var<storage, read> h: array<f32>;
@group(0) @binding(3) var<storage, read> target_row: array<u32>;
@group(0) @binding(4) var<storage, read> share: array<f32>;
@group(0) @binding(5) var<storage, read_write> error: array<f32>;
@group(0) @binding(6) var<storage, read_write> dz: array<f32>;

// |e|^(p-1): exactly 1 for p = 1, exactly |e| for p = 2
fn slope(magnitude: f32) -> f32 {
  if (d.p == 1.0) { return 1.0; }
  if (d.p == 2.0) { return magnitude; }
  if (magnitude == 0.0) { return 0.0; }
  return pow(magnitude, d.p - 1.0);
}

// Writes the gradient of one value and returns |e|^p.
fn one(i: u32, c: u32) -> f32 {
  let e = z[i * d.C + c] - h[target_row[i] * d.C + c];
  let magnitude = abs(e);
  let steep = slope(magnitude);
  dz[i * d.C + c] = sign(e) * steep * share[i];
  return magnitude * steep;
}

@compute @workgroup_size(16)
fn latent_loss(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat(id, groups, 16u);
  if (i >= d.n) { return; }
  var sum = 0.0;
  for (var c = 0u; c < d.C; c++) { sum += one(i, c); }
  error[i] = sum / (d.p * f32(d.C));
}

var<workgroup> partial: array<f32, 64>;

@compute @workgroup_size(64)
fn latent_loss_workgroup(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = group.y * groups.x + group.x;
  var sum = 0.0;
  if (i < d.n) {
    for (var c = local; c < d.C; c += 64u) { sum += one(i, c); }
  }
  partial[local] = sum;
  workgroupBarrier();
  for (var half = 32u; half > 0u; half /= 2u) {
    if (local < half) { partial[local] += partial[local + half]; }
    workgroupBarrier();
  }
  if (local == 0u && i < d.n) { error[i] = partial[0] / (d.p * f32(d.C)); }
}
