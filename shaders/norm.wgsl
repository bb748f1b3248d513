// LayerNorm over the columns of each row (torch.nn.LayerNorm: biased variance):
//
//   forward    mean = Σ x / C,  rstd = 1 / sqrt(Σ (x - mean)² / C + eps),  y = (x - mean) rstd · gamma + beta
//   backward   g = dy · gamma,  x̂ = (x - mean) rstd,  dx = rstd (g - Σ g / C - x̂ Σ g x̂ / C)
//              dgamma = Σ rows dy x̂,  dbeta = Σ rows dy
//
//   x, y, dy, dx (rows, C)   gamma, beta, dgamma, dbeta (C)   stats (rows, 2) = mean, rstd
//
// One invocation per row, four columns at a time; the first workgroups of backward make dx, 16 rows each, the others
// dgamma and dbeta, 16 columns each. *_workgroup: one workgroup of 64 per row, or per 8 columns, with sums by a tree in
// workgroup memory (52 times slower on a software adapter, much faster on a GPU).

struct Dims {
  rows: u32,
  C: u32,
  flags: u32, // see below
  eps: f32,
}

const AFFINE = 1u; // there are gamma and beta
const INPUT_GRADIENT = 2u;
const ADD = 4u; // dx is added to what is there
const WEIGHT_GRADIENT = 8u;
const ADD_DW = 16u;

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

fn x4(i: u32) -> vec4f { return vec4f(x[i], x[i + 1u], x[i + 2u], x[i + 3u]); }
fn dy4(i: u32) -> vec4f { return vec4f(dy[i], dy[i + 1u], dy[i + 2u], dy[i + 3u]); }
fn gamma4(c: u32) -> vec4f { return vec4f(gamma[c], gamma[c + 1u], gamma[c + 2u], gamma[c + 3u]); }
fn beta4(c: u32) -> vec4f { return vec4f(beta[c], beta[c + 1u], beta[c + 2u], beta[c + 3u]); }
fn sum4(v: vec4f) -> f32 { return (v.x + v.y) + (v.z + v.w); }

// Which of columns c … c+3 there are; the others count as zero.
fn within(c: u32) -> vec4<bool> { return vec4u(c, c + 1u, c + 2u, c + 3u) < vec4u(d.C); }

@compute @workgroup_size(16)
fn forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = flat(id, groups, 16u);
  if (row >= d.rows) { return; }
  let first = row * d.C;
  let whole = d.C - d.C % 4u;
  let zero = vec4f(0.0);
  var sum = vec4f();
  for (var c = 0u; c < whole; c += 4u) { sum += x4(first + c); }
  if (whole < d.C) { sum += select(zero, x4(first + whole), within(whole)); }
  let mean = sum4(sum) / f32(d.C);
  var square = vec4f();
  for (var c = 0u; c < whole; c += 4u) {
    let v = x4(first + c) - mean;
    square += v * v;
  }
  if (whole < d.C) {
    let v = select(zero, x4(first + whole) - mean, within(whole));
    square += v * v;
  }
  let rstd = 1.0 / sqrt(sum4(square) / f32(d.C) + d.eps);
  stats[row * 2u] = mean;
  stats[row * 2u + 1u] = rstd;
  if ((d.flags & AFFINE) != 0u) {
    for (var c = 0u; c < whole; c += 4u) { put_y(first + c, (x4(first + c) - mean) * rstd * gamma4(c) + beta4(c)); }
  } else {
    for (var c = 0u; c < whole; c += 4u) { put_y(first + c, (x4(first + c) - mean) * rstd); }
  }
  for (var c = whole; c < d.C; c++) { write_y(row, c, (x[first + c] - mean) * rstd); }
}

fn put_y(i: u32, v: vec4f) { y[i] = v.x; y[i + 1u] = v.y; y[i + 2u] = v.z; y[i + 3u] = v.w; }

fn write_y(row: u32, c: u32, normal: f32) {
  var v = normal;
  if ((d.flags & AFFINE) != 0u) { v = v * gamma[c] + beta[c]; }
  y[row * d.C + c] = v;
}

@compute @workgroup_size(16)
fn backward(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let tiles = select(0u, (d.rows + 15u) / 16u, (d.flags & INPUT_GRADIENT) != 0u);
  let g = group.y * groups.x + group.x;
  if (g < tiles) { backward_x(g * 16u + local); } else { backward_w((g - tiles) * 16u + local); }
}

fn weighted_dy(i: u32, c: u32) -> vec4f {
  if ((d.flags & AFFINE) != 0u) { return dy4(i) * gamma4(c); }
  return dy4(i);
}

fn backward_x(row: u32) {
  if (row >= d.rows) { return; }
  let first = row * d.C;
  let whole = d.C - d.C % 4u;
  let mean = known[row * 2u];
  let rstd = known[row * 2u + 1u];
  var sum = vec4f();
  var along = vec4f();
  for (var c = 0u; c < whole; c += 4u) {
    let g = weighted_dy(first + c, c);
    sum += g;
    along += g * (x4(first + c) - mean);
  }
  if (whole < d.C) {
    let g = select(vec4f(0.0), weighted_dy(first + whole, whole), within(whole));
    sum += g;
    along += select(vec4f(0.0), g * (x4(first + whole) - mean), within(whole));
  }
  let level = sum4(sum) / f32(d.C);
  let tilt = sum4(along) * rstd * rstd / f32(d.C);
  if ((d.flags & ADD) != 0u) {
    for (var c = 0u; c < whole; c += 4u) {
      let i = first + c;
      put_dx(i, vec4f(dx[i], dx[i + 1u], dx[i + 2u], dx[i + 3u]) + rstd * (weighted_dy(i, c) - level - (x4(i) - mean) * tilt));
    }
  } else {
    for (var c = 0u; c < whole; c += 4u) { put_dx(first + c, rstd * (weighted_dy(first + c, c) - level - (x4(first + c) - mean) * tilt)); }
  }
  for (var c = whole; c < d.C; c++) { write_dx(first + c, c, rstd, level, (x[first + c] - mean) * tilt); }
}

fn put_dx(i: u32, v: vec4f) { dx[i] = v.x; dx[i + 1u] = v.y; dx[i + 2u] = v.z; dx[i + 3u] = v.w; }

fn write_dx(i: u32, c: u32, rstd: f32, level: f32, slope: f32) {
  var g = dy[i];
  if ((d.flags & AFFINE) != 0u) { g *= gamma[c]; }
  let v = rstd * (g - level - slope);
  if ((d.flags & ADD) != 0u) { dx[i] += v; } else { dx[i] = v; }
}

fn backward_w(c: u32) {
  if (c >= d.C || (d.flags & WEIGHT_GRADIENT) == 0u) { return; }
  var both = vec2f(0.0); // Σ dy x̂, Σ dy
  for (var row = 0u; row < d.rows; row++) {
    let i = row * d.C + c;
    both += vec2f(dy[i] * ((x[i] - known[row * 2u]) * known[row * 2u + 1u]), dy[i]);
  }
  write_dw(c, both);
}

fn write_dw(c: u32, both: vec2f) {
  if ((d.flags & ADD_DW) != 0u) {
    dgamma[c] += both.x;
    dbeta[c] += both.y;
  } else {
    dgamma[c] = both.x;
    dbeta[c] = both.y;
  }
}

const WIDTH = 64u;
var<workgroup> partial: array<vec2f, 64>;

// Sums the pairs of the invocations whose number agrees modulo `stride`; each of them gets the result.
fn workgroup_sum(local: u32, value: vec2f, stride: u32) -> vec2f {
  workgroupBarrier();
  partial[local] = value;
  workgroupBarrier();
  for (var half = WIDTH / 2u; half >= stride; half /= 2u) {
    if (local < half) { partial[local] += partial[local + half]; }
    workgroupBarrier();
  }
  return partial[local % stride];
}

@compute @workgroup_size(64)
fn forward_workgroup(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let row = group.y * groups.x + group.x;
  let inside = row < d.rows;
  let first = min(row, d.rows - 1u) * d.C;
  var sum = 0.0;
  for (var c = local; c < d.C; c += WIDTH) { sum += x[first + c]; }
  let mean = workgroup_sum(local, vec2f(sum, 0.0), 1u).x / f32(d.C);
  var square = 0.0;
  for (var c = local; c < d.C; c += WIDTH) {
    let v = x[first + c] - mean;
    square += v * v;
  }
  let rstd = 1.0 / sqrt(workgroup_sum(local, vec2f(square, 0.0), 1u).x / f32(d.C) + d.eps);
  if (!inside) { return; }
  if (local == 0u) {
    stats[row * 2u] = mean;
    stats[row * 2u + 1u] = rstd;
  }
  for (var c = local; c < d.C; c += WIDTH) { write_y(row, c, (x[first + c] - mean) * rstd); }
}

@compute @workgroup_size(64)
fn backward_workgroup(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let tiles = select(0u, d.rows, (d.flags & INPUT_GRADIENT) != 0u);
  let g = group.y * groups.x + group.x;
  var both = vec2f(0.0);
  if (g < tiles) {
    let first = g * d.C;
    let mean = known[g * 2u];
    let rstd = known[g * 2u + 1u];
    for (var c = local; c < d.C; c += WIDTH) {
      var v = dy[first + c];
      if ((d.flags & AFFINE) != 0u) { v *= gamma[c]; }
      both += vec2f(v, v * (x[first + c] - mean));
    }
    both = workgroup_sum(local, both, 1u) / f32(d.C);
    for (var c = local; c < d.C; c += WIDTH) { write_dx(first + c, c, rstd, both.x, (x[first + c] - mean) * both.y * rstd * rstd); }
  } else {
    let c = (g - tiles) * 8u + local % 8u;
    let inside = c < d.C && (d.flags & WEIGHT_GRADIENT) != 0u;
    for (var row = local / 8u; inside && row < d.rows; row += 8u) {
      let i = row * d.C + c;
      both += vec2f(dy[i] * ((x[i] - known[row * 2u]) * known[row * 2u + 1u]), dy[i]);
    }
    both = workgroup_sum(local, both, 8u);
    if (inside && local < 8u) { write_dw(c, both); }
  }
}
