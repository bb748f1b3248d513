// AdamW over a parameter arena (torch.optim.AdamW; decay first, then the step), in place, and the momentum update of the
// slow copy that follows it (paper section 3.1), with the weights as they are after the step:
//
//   g = gradient · coefficient             (the clipping coefficient of gradient_norm)
//   p -= lr wd p                           for the first `decayed` values only (official groups: no biases, no 1-D)
//   m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g²
//   p -= lr / (1 - b1^t) · m / (sqrt(v) / sqrt(1 - b2^t) + eps)
//   slow = momentum · slow + (1 - momentum) · p      fixed tables behind `trained` included, as in the official trainer
//
// `layers` does the same with a rate of its own for every parameter (fine-tuning with layer-wise decay): lr is multiplied by
// the factor of the 64 values that p lies in, in the decay and in the step.
//
// Does nothing once the guard is set. One invocation per four values (arenas and their parts are multiples of 64); lists
// are folded into rows of workgroups. Lengths count fours.

struct Dims {
  n: u32, // whole arena
  trained: u32,
  decayed: u32,
  arena: u32, // row of `norms`
  follow: u32, // 1: there is a slow copy
  momentum: f32,
  rest: f32, // 1 - momentum, from f64
  shrink: f32, // 1 - lr wd
  beta1: f32,
  beta2: f32,
  rest1: f32, // 1 - beta1, from f64: in f32 it would be off by 1e-5
  rest2: f32,
  rate: f32, // lr / (1 - b1^t)
  root: f32, // sqrt(1 - b2^t)
  eps: f32,
  decay: f32, // lr wd, for `layers` only
}

@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read_write> p: array<vec4f>;
@group(0) @binding(2) var<storage, read> g: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> m: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> v: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> slow: array<vec4f>;
@group(0) @binding(6) var<storage, read> norms: array<vec2f>; // norm, coefficient
@group(0) @binding(7) var<storage, read> guard: array<u32>;
@group(0) @binding(8) var<storage, read> factors: array<f32>; // one per 64 values: every parameter starts at a multiple of 64

fn update(i: u32, shrink: f32, rate: f32) {
  var value = p[i];
  if (i < d.trained) {
    let gradient = g[i] * norms[d.arena].y;
    if (i < d.decayed) { value *= shrink; }
    let first = d.beta1 * m[i] + d.rest1 * gradient;
    let second = d.beta2 * v[i] + d.rest2 * gradient * gradient;
    m[i] = first;
    v[i] = second;
    value -= rate * first / (sqrt(second) / d.root + d.eps);
    p[i] = value;
  }
  if (d.follow == 1u) { slow[i] = slow[i] * d.momentum + value * d.rest; }
}

@compute @workgroup_size(64)
fn adamw(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat(id, groups, 64u);
  if (i >= d.n || guard[0] != 0u) { return; }
  update(i, d.shrink, d.rate);
}

@compute @workgroup_size(64)
fn layers(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat(id, groups, 64u);
  if (i >= d.n || guard[0] != 0u) { return; }
  let factor = factors[i / 16u];
  update(i, 1.0 - d.decay * factor, d.rate * factor);
}
