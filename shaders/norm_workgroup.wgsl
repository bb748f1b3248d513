// LayerNorm over the columns of each row, for GPUs. Formulas and shapes as in norm.wgsl.
//
// One workgroup of 64 per row (some 20 times slower than a thread per row on SwiftShader; meant for GPUs). How the sums of a
// row are made is appended: norm_tree.wgsl or norm_subgroups.wgsl. The first workgroups of backward make dx, the others dgamma
// and dbeta, 8 columns each.

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
  let mean = row_sum(local, vec2f(sum, 0.0)).x / f32(d.C);
  var square = 0.0;
  for (var c = local; c < d.C; c += WIDTH) {
    let v = x[first + c] - mean;
    square += v * v;
  }
  let rstd = 1.0 / sqrt(row_sum(local, vec2f(square, 0.0)).x / f32(d.C) + d.eps);
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
    both = row_sum(local, both) / f32(d.C);
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
