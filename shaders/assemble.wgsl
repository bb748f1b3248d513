// The predictor's input (paper section 3; official VisionTransformerPredictor): embedded context tokens and mask tokens,
// each with the position of its token, packed per segment, context first.
//
//   forward         x[i] = (source[i].x < MASK ? embedded[source[i].x] : mask_tokens[source[i].x - MASK]) + positions[source[i].y]
//   backward_mask   dmask_tokens[k] = Σ dx[targets[j]] over j in [ranges[k].x, ranges[k].y)
//   (the gradient of `embedded` is a gather by the inverse table)
//
//   x (rows, C)   source (rows, 2)   mask_tokens (sets, C)   positions (N, C)   targets (n) rows of x   ranges (sets, 2)

struct Dims {
  rows: u32,
  C: u32,
  sets: u32,
  add: u32,
}

const MASK = 0x80000000u;

@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read> embedded: array<f32>;
@group(0) @binding(2) var<storage, read> mask_tokens: array<f32>;
@group(0) @binding(3) var<storage, read> positions: array<f32>;
@group(0) @binding(4) var<storage, read> source: array<vec2u>;
@group(0) @binding(5) var<storage, read_write> x: array<f32>;

@group(0) @binding(6) var<storage, read> dx: array<f32>;
@group(0) @binding(7) var<storage, read> targets: array<u32>;
@group(0) @binding(8) var<storage, read> ranges: array<vec2u>;
@group(0) @binding(9) var<storage, read_write> dmask_tokens: array<f32>;

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat(id, groups, 64u);
  if (i >= d.rows * d.C) { return; }
  let at = source[i / d.C];
  let c = i % d.C;
  var v = 0.0;
  if (at.x < MASK) { v = embedded[at.x * d.C + c]; } else { v = mask_tokens[(at.x - MASK) * d.C + c]; }
  x[i] = v + positions[at.y * d.C + c];
}

// One invocation per channel of a mask token.
@compute @workgroup_size(16)
fn backward_mask(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= d.sets * d.C) { return; }
  let k = id.x / d.C;
  let c = id.x % d.C;
  var sum = 0.0;
  for (var j = ranges[k].x; j < ranges[k].y; j++) { sum += dx[targets[j] * d.C + c]; }
  if (d.add == 1u) { sum += dmask_tokens[id.x]; }
  dmask_tokens[id.x] = sum;
}
