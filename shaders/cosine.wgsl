// Similarity of some vectors to all tokens.
//
//   out[q, n] = query[q] · x[n] / (|query[q]| |x[n]|),   0 where a length is 0
//
//   query (Q, C)   x (N, C)   out (Q, N)
//
// One invocation per (q, n) with both lengths in the same loop. A clip has a few thousand tokens and mostly one query: that
// is less than a millisecond anywhere, so there is no second form.

struct Dims {
  Q: u32,
  N: u32,
  C: u32,
}

@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read> query: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn cosine(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = flat(id, groups, 64u);
  if (at >= d.Q * d.N) { return; }
  let a = (at / d.N) * d.C;
  let b = (at % d.N) * d.C;
  var product = 0.0;
  var square_a = 0.0;
  var square_b = 0.0;
  for (var c = 0u; c < d.C; c++) {
    let u = query[a + c];
    let v = x[b + c];
    product += u * v;
    square_a += u * u;
    square_b += v * v;
  }
  let lengths = sqrt(square_a) * sqrt(square_b);
  out[at] = select(0.0, clamp(product / max(lengths, 1e-30), -1.0, 1.0), lengths > 0.0);
}
