// What linear_quads*.wgsl, linear_workgroup.wgsl and linear_matrix.wgsl bind: appended to each, with stored_*.wgsl, which says
// what In and Out are.

struct Dims {
  rows: u32, // of x and y
  out: u32, // width of y
  in: u32, // width of x
  flags: u32, // see below
}

const BIAS = 1u;
const GELU = 2u;
const RESIDUAL = 4u;
const LOOKUP = 8u; // residual row = lookup[m]
const ADD = 16u; // dx is added to what is there
const GELU_SLOPE = 32u; // dx · GELU'(known_pre)
const BIAS_GRADIENT = 64u;
const ADD_DW = 128u; // dW and db are added to what is there
const INPUT_GRADIENT = 256u; // there is a dx

@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read> W: array<f32>; // (out, in)
@group(0) @binding(2) var<storage, read> x: array<In>; // (rows, in)
@group(0) @binding(3) var<storage, read_write> y: array<Out>; // (rows, out)
@group(0) @binding(4) var<storage, read> bias: array<f32>;
@group(0) @binding(5) var<storage, read> residual: array<f32>;
@group(0) @binding(6) var<storage, read> lookup: array<u32>;
@group(0) @binding(7) var<storage, read_write> pre: array<Out>;

@group(0) @binding(8) var<storage, read> dy: array<f32>; // (rows, out)
@group(0) @binding(9) var<storage, read_write> dx: array<f32>;
@group(0) @binding(10) var<storage, read_write> dw: array<f32>;
@group(0) @binding(11) var<storage, read_write> db: array<f32>;
@group(0) @binding(12) var<storage, read> known_pre: array<In>; // of the layer that made x
