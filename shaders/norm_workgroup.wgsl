// LayerNorm over the columns of each row, for GPUs. Formulas and shapes as in norm.wgsl.
//
// One workgroup of 64 per row, with sums by a tree in workgroup memory (52 times slower than a thread per row on a
// software adapter, much faster on a GPU). The first workgroups of backward make dx, the others dgamma and dbeta, 8
// columns each.

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

fn write_y(row: u32, c: u32, normal: f32) {
  var v = normal;
  if ((d.flags & AFFINE) != 0u) { v = v * gamma[c] + beta[c]; }
  y[row * d.C + c] = v;
}

fn write_dx(i: u32, c: u32, rstd: f32, level: f32, slope: f32) {
  var g = dy[i];
  if ((d.flags & AFFINE) != 0u) { g *= gamma[c]; }
  let v = rstd * (g - level - slope);
  if ((d.flags & ADD) != 0u) { dx[i] += v; } else { dx[i] = v; }
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
fn forward(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
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
fn backward(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
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
