// Covariance of the tokens of a clip, for the axes that their colours are made of (PCA): without barriers.
//
//   mean[c] = Σ_n x[n, c] / N      covariance[c, e] = Σ_n (x[n, c] − mean[c]) (x[n, e] − mean[e]) / N
//
// Centred first and multiplied then: tokens of a trained network have much in common, and a difference of two large sums
// would be rounding. Only tiles on and below the diagonal are made. One invocation per 4 × 4 tile and slab of tokens:
// eight loads for sixteen multiply-adds. Bindings, the other passes and shapes in covariance_bindings.wgsl.

// Four channels from c on; those beyond the last are the last, and are not stored.
fn four(at: u32, c: u32) -> vec4f {
  let last = d.C - 1u;
  return vec4f(x[at + min(c, last)], x[at + min(c + 1u, last)], x[at + min(c + 2u, last)], x[at + min(c + 3u, last)]);
}

fn mean4(c: u32) -> vec4f {
  let last = d.C - 1u;
  return vec4f(
    known_mean[min(c, last)], known_mean[min(c + 1u, last)], known_mean[min(c + 2u, last)], known_mean[min(c + 3u, last)]
  );
}

@compute @workgroup_size(8, 8)
fn products(@builtin(global_invocation_id) id: vec3u) {
  let c = id.y * 4u;
  let e = id.x * 4u;
  if (e > c || c >= d.C) { return; }
  let mean_c = mean4(c);
  let mean_e = mean4(e);
  let first = id.z * d.rows;
  var tile = mat4x4f(); // columns are rows of the result
  for (var n = first; n < min(first + d.rows, d.N); n++) {
    let a = four(n * d.C, c) - mean_c;
    let b = four(n * d.C, e) - mean_e;
    tile += mat4x4f(b * a.x, b * a.y, b * a.z, b * a.w);
  }
  for (var i = 0u; i < 4u; i++) { put(id.z, c + i, e, tile[i]); }
}
