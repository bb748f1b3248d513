// What norm.wgsl and norm_workgroup.wgsl bind, and how they write single values: appended to both.

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
@group(0) @binding(4) var<storage, read_write> y: array<Out>; // stored_*.wgsl
@group(0) @binding(5) var<storage, read_write> stats: array<f32>;

@group(0) @binding(6) var<storage, read> dy: array<f32>;
@group(0) @binding(7) var<storage, read> known: array<f32>; // stats of the forward pass
@group(0) @binding(8) var<storage, read_write> dx: array<f32>;
@group(0) @binding(9) var<storage, read_write> dgamma: array<f32>;
@group(0) @binding(10) var<storage, read_write> dbeta: array<f32>;

fn write_y(row: u32, c: u32, normal: f32) {
  var v = normal;
  if ((d.flags & AFFINE) != 0u) { v = v * gamma[c] + beta[c]; }
  y[row * d.C + c] = Out(v);
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
