// Average of the features under a box (RoIAlign with one bin, integrated instead of sampled): between the centres of the
// tokens features are read bilinearly, beyond the outermost centres they stay as they are, and what lies under the part of
// the box within the frame is averaged, tubelet by tubelet, then over the tubelets.
//
//   out[r, c] = 1/t Σ_k 1/area ∫∫ x_k(y, x)[c] dy dx = 1/t Σ_k Σ_j Σ_i v_j(y0, y1) v_i(x0, x1) x[clip, k, j, i, c]
//   v_i(a, b) = 1/(b − a) ∫_a^b tent_i,   tent_i: 1 at the centre i + 1/2, 0 at the centres beside it
//
//   x (clips · N, C), N = t · h · w   boxes (rows · t, 4) = x0, y0, x1, y1 in tokens   owner (rows) clip   out (rows, C)
//
// Forward only: detection reads frozen features. One invocation per value of the result, neighbours on neighbouring columns.

struct Dims {
  rows: u32,
  C: u32,
  t: u32,
  h: u32,
  w: u32,
}

@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> boxes: array<f32>;
@group(0) @binding(3) var<storage, read> owner: array<u32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

// ∫ of tent i of n from far left to `at`. The outermost tents are 1 from their centre to the edge of the frame and beyond.
fn tent_until(at: f32, i: u32, n: u32) -> f32 {
  let u = at - (f32(i) + 0.5);
  let left = clamp(u, -1.0, 0.0) + 1.0;
  let right = 1.0 - clamp(u, 0.0, 1.0);
  let rising = select(0.5 * left * left, 0.5 + min(u, 0.0), i == 0u);
  let falling = select(0.5 - 0.5 * right * right, max(u, 0.0), i == n - 1u);
  return rising + falling;
}

// v_i(a, b)
fn share(a: f32, b: f32, i: u32, n: u32) -> f32 {
  return (tent_until(b, i, n) - tent_until(a, i, n)) / (b - a);
}

// First and last token that a stretch of the axis reads.
fn reached(a: f32, b: f32, n: u32) -> vec2u {
  return vec2u(u32(max(a - 0.5, 0.0)), min(u32(max(b + 0.5, 0.0)), n - 1u));
}

@compute @workgroup_size(64)
fn roi_pool(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let o = flat(id, groups, 64u);
  if (o >= d.rows * d.C) { return; }
  let r = o / d.C;
  let c = o % d.C;
  var sum = 0.0;
  for (var k = 0u; k < d.t; k++) {
    let at = (r * d.t + k) * 4u;
    let x0 = max(boxes[at], 0.0);
    let y0 = max(boxes[at + 1u], 0.0);
    let x1 = min(boxes[at + 2u], f32(d.w));
    let y1 = min(boxes[at + 3u], f32(d.h));
    let first = (owner[r] * d.t + k) * d.h;
    let down = reached(y0, y1, d.h);
    let across = reached(x0, x1, d.w);
    for (var j = down.x; j <= down.y; j++) {
      var row = 0.0;
      for (var i = across.x; i <= across.y; i++) {
        row += share(x0, x1, i, d.w) * x[((first + j) * d.w + i) * d.C + c];
      }
      sum += share(y0, y1, j, d.h) * row;
    }
  }
  out[o] = sum / f32(d.t);
}
