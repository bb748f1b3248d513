enable f16;
enable subgroups;
enable chromium_experimental_subgroup_matrix;
// Which subgroup works on which quarter depends on its number alone, which the analysis of uniformity cannot know.
diagnostic(off, chromium.subgroup_matrix_uniformity);

// Matrix products of a linear layer by subgroup matrices: y = x Wᵀ + b, and dx = dy W, dW = dyᵀ x, db = Σ dy in one dispatch.
// Operands are rounded to half precision, sums are single. Formulas as in linear.wgsl; EDGE is that of matrix_*.wgsl.
//
// 64 × 64 outputs per workgroup, a quarter for each of its first four subgroups; both operands are staged, 32 k at a time.

@compute @workgroup_size(4u * MOST_LANES)
fn forward(@builtin(workgroup_id) group: vec3u, place: Place) {
  let threads = 4u * MOST_LANES;
  let m0 = group.y * TILE;
  let n0 = group.x * TILE;
  var c: array<Sum, SUMS>;
  for (var k0 = 0u; k0 < d.in; k0 += DEPTH) {
    for (var i = place.local; i < TILE * DEPTH; i += threads) {
      let k = k0 + i % DEPTH;
      let m = m0 + i / DEPTH;
      let n = n0 + i / DEPTH;
      left[i] = select(0h, f16(x[m * d.in + k]), k < d.in && m < d.rows);
      right[i] = select(0h, f16(W[n * d.in + k]), k < d.in && n < d.out);
    }
    workgroupBarrier();
    multiply(&c, place.subgroup, false, false);
    workgroupBarrier();
  }
  for (var i = 0u; i < ACROSS; i++) {
    lay_out(&c, place.subgroup, i);
    for (var four = place.local; four < FOURS; four += threads) {
      let at = place_of(four, i);
      finish(m0 + at.x, n0 + at.y, four_sums(four));
    }
    workgroupBarrier();
  }
}
