// LayerNorm over the columns of each row (torch.nn.LayerNorm: biased variance):
//
//   forward       mean = Σ x / C,  rstd = 1 / sqrt(Σ (x - mean)² / C + eps),  y = (x - mean) rstd · gamma + beta
//   backward_x    g = dy · gamma,  x̂ = (x - mean) rstd,  dx = rstd (g - Σ g / C - x̂ Σ g x̂ / C)
//   backward_w    dgamma = Σ rows dy x̂,  dbeta = Σ rows dy
//
//   x, y, dy, dx (rows, C)   gamma, beta, dgamma, dbeta (C)   stats (rows, 2) = mean, rstd
//
// forward, backward_x: one invocation per row. *_workgroup: one workgroup of 64 per row, sums by a tree in workgroup
// memory (52 times slower on a software adapter, much faster on a GPU). backward_w: one invocation per column.

struct Dims {
  rows: u32,
  C: u32,
  affine: u32, // 0: no gamma and beta
  add: u32, // 1: gradients are added to what is there
  eps: f32,
}

@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> gamma: array<f32>;
@group(0) @binding(3) var<storage, read> beta: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read_write> stats: array<f32>;

@group(0) @binding(6) var<storage, read> dy: array<f32>;
@group(0) @binding(7) var<storage, read> known: array<f32>; // stats of the forward pass
@group(0) @binding(8) var<storage, read_write> dx: array<f32>;
@group(0) @binding(9) var<storage, read_write> dgamma: array<f32>;
@group(0) @binding(10) var<storage, read_write> dbeta: array<f32>;

fn write_y(row: u32, c: u32, normal: f32) {
  var v = normal;
  if (d.affine == 1u) { v = v * gamma[c] + beta[c]; }
  y[row * d.C + c] = v;
}

fn weighted_dy(i: u32, c: u32) -> f32 {
  if (d.affine == 1u) { return dy[i] * gamma[c]; }
  return dy[i];
}

fn write_dx(i: u32, v: f32) {
  if (d.add == 1u) { dx[i] += v; } else { dx[i] = v; }
}

@compute @workgroup_size(16)
fn forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = flat(id, groups, 16u);
  if (row >= d.rows) { return; }
  let first = row * d.C;
  var sum = 0.0;
  for (var c = 0u; c < d.C; c++) { sum += x[first + c]; }
  let mean = sum / f32(d.C);
  var square = 0.0;
  for (var c = 0u; c < d.C; c++) {
    let v = x[first + c] - mean;
    square += v * v;
  }
  let rstd = 1.0 / sqrt(square / f32(d.C) + d.eps);
  stats[row * 2u] = mean;
  stats[row * 2u + 1u] = rstd;
  for (var c = 0u; c < d.C; c++) { write_y(row, c, (x[first + c] - mean) * rstd); }
}

@compute @workgroup_size(16)
fn backward_x(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = flat(id, groups, 16u);
  if (row >= d.rows) { return; }
  let first = row * d.C;
  let mean = known[row * 2u];
  let rstd = known[row * 2u + 1u];
  var sum = 0.0;
  var along = 0.0;
  for (var c = 0u; c < d.C; c++) {
    let g = weighted_dy(first + c, c);
    sum += g;
    along += g * ((x[first + c] - mean) * rstd);
  }
  sum /= f32(d.C);
  along /= f32(d.C);
  for (var c = 0u; c < d.C; c++) {
    let normal = (x[first + c] - mean) * rstd;
    write_dx(first + c, rstd * (weighted_dy(first + c, c) - sum - normal * along));
  }
}

@compute @workgroup_size(16)
fn backward_w(@builtin(global_invocation_id) id: vec3u) {
  let c = id.x;
  if (c >= d.C) { return; }
  var sum = 0.0;
  var along = 0.0;
  for (var row = 0u; row < d.rows; row++) {
    let i = row * d.C + c;
    sum += dy[i];
    along += dy[i] * ((x[i] - known[row * 2u]) * known[row * 2u + 1u]);
  }
  if (d.add == 1u) {
    sum += dbeta[c];
    along += dgamma[c];
  }
  dbeta[c] = sum;
  dgamma[c] = along;
}

const WIDTH = 64u;
var<workgroup> partial: array<vec2f, 64>;

// Sums the pairs of all 64 invocations; every invocation gets the result.
fn workgroup_sum(local: u32, value: vec2f) -> vec2f {
  workgroupBarrier();
  partial[local] = value;
  workgroupBarrier();
  for (var half = WIDTH / 2u; half > 0u; half /= 2u) {
    if (local < half) { partial[local] += partial[local + half]; }
    workgroupBarrier();
  }
  return partial[0];
}

@compute @workgroup_size(64)
fn forward_workgroup(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let row = group.y * groups.x + group.x;
  let inside = row < d.rows;
  let first = min(row, d.rows - 1u) * d.C;
  var sum = 0.0;
  for (var c = local; c < d.C; c += WIDTH) { sum += x[first + c]; }
  let mean = workgroup_sum(local, vec2f(sum, 0.0)).x / f32(d.C);
  var square = 0.0;
  for (var c = local; c < d.C; c += WIDTH) {
    let v = x[first + c] - mean;
    square += v * v;
  }
  let rstd = 1.0 / sqrt(workgroup_sum(local, vec2f(square, 0.0)).x / f32(d.C) + d.eps);
  if (!inside) { return; }
  if (local == 0u) {
    stats[row * 2u] = mean;
    stats[row * 2u + 1u] = rstd;
  }
  for (var c = local; c < d.C; c += WIDTH) { write_y(row, c, (x[first + c] - mean) * rstd); }
}

@compute @workgroup_size(64)
fn backward_x_workgroup(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let row = group.y * groups.x + group.x;
  let inside = row < d.rows;
  let safe = min(row, d.rows - 1u);
  let first = safe * d.C;
  let mean = known[safe * 2u];
  let rstd = known[safe * 2u + 1u];
  var both = vec2f(0.0);
  for (var c = local; c < d.C; c += WIDTH) {
    let g = weighted_dy(first + c, c);
    both += vec2f(g, g * ((x[first + c] - mean) * rstd));
  }
  both = workgroup_sum(local, both) / f32(d.C);
  if (!inside) { return; }
  for (var c = local; c < d.C; c += WIDTH) {
    let normal = (x[first + c] - mean) * rstd;
    write_dx(first + c, rstd * (weighted_dy(first + c, c) - both.x - normal * both.y));
  }
}
