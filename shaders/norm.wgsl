// LayerNorm over the columns of each row (torch.nn.LayerNorm: biased variance):
//
//   forward    mean = Σ x / C,  rstd = 1 / sqrt(Σ (x - mean)² / C + eps),  y = (x - mean) rstd · gamma + beta
//   backward   g = dy · gamma,  x̂ = (x - mean) rstd,  dx = rstd (g - Σ g / C - x̂ Σ g x̂ / C)
//              dgamma = Σ rows dy x̂,  dbeta = Σ rows dy
//
//   x, y, dy, dx (rows, C)   gamma, beta, dgamma, dbeta (C)   stats (rows, 2) = mean, rstd
//
// One invocation per four rows, which share the loads of gamma and beta; a workgroup has 16 rows. The first workgroups of
// backward make dx, the others dgamma and dbeta, 16 columns each. Mean and variance come from one pass over the row, of
// values less a mean of eight samples, so that nothing cancels.
// norm_workgroup.wgsl is the form for GPUs.

fn x4(i: u32) -> vec4f { return vec4f(x[i], x[i + 1u], x[i + 2u], x[i + 3u]); }
fn dy4(i: u32) -> vec4f { return vec4f(dy[i], dy[i + 1u], dy[i + 2u], dy[i + 3u]); }
fn gamma4(c: u32) -> vec4f { return vec4f(gamma[c], gamma[c + 1u], gamma[c + 2u], gamma[c + 3u]); }
fn beta4(c: u32) -> vec4f { return vec4f(beta[c], beta[c + 1u], beta[c + 2u], beta[c + 3u]); }
fn sum4(v: vec4f) -> f32 { return (v.x + v.y) + (v.z + v.w); }

// Mean of eight values spread over the row
fn near_mean(first: u32) -> f32 {
  var sum = 0.0;
  for (var i = 0u; i < 8u; i++) { sum += x[first + (i * d.C) / 8u]; }
  return sum * 0.125;
}

// Σ and Σ² of x - shift, brought to mean and 1 / sqrt(variance + eps)
fn moments(shift: f32, sum: f32, square: f32) -> vec2f {
  let c = f32(d.C);
  return vec2f(shift + sum / c, 1.0 / sqrt(max(square - sum * sum / c, 0.0) / c + d.eps));
}

fn firsts(row: u32) -> vec4u { return min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(d.rows - 1u)) * d.C; }

@compute @workgroup_size(4)
fn forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = flat(id, groups, 4u) * 4u;
  if (row >= d.rows) { return; }
  let at = firsts(row); // rows beyond the last repeat it
  let whole = d.C - d.C % 4u;
  let shift = vec4f(near_mean(at.x), near_mean(at.y), near_mean(at.z), near_mean(at.w));
  var s0 = vec4f(); var s1 = vec4f(); var s2 = vec4f(); var s3 = vec4f();
  var q0 = vec4f(); var q1 = vec4f(); var q2 = vec4f(); var q3 = vec4f();
  for (var c = 0u; c < whole; c += 4u) {
    let v0 = x4(at.x + c) - shift.x; s0 += v0; q0 += v0 * v0;
    let v1 = x4(at.y + c) - shift.y; s1 += v1; q1 += v1 * v1;
    let v2 = x4(at.z + c) - shift.z; s2 += v2; q2 += v2 * v2;
    let v3 = x4(at.w + c) - shift.w; s3 += v3; q3 += v3 * v3;
  }
  var sum = vec4f(sum4(s0), sum4(s1), sum4(s2), sum4(s3));
  var square = vec4f(sum4(q0), sum4(q1), sum4(q2), sum4(q3));
  for (var c = whole; c < d.C; c++) {
    let v = vec4f(x[at.x + c], x[at.y + c], x[at.z + c], x[at.w + c]) - shift;
    sum += v;
    square += v * v;
  }
  let m0 = moments(shift.x, sum.x, square.x);
  let m1 = moments(shift.y, sum.y, square.y);
  let m2 = moments(shift.z, sum.z, square.z);
  let m3 = moments(shift.w, sum.w, square.w);
  var kept = array<vec2f, 4>(m0, m1, m2, m3);
  let count = min(4u, d.rows - row);
  for (var r = 0u; r < count; r++) {
    stats[(row + r) * 2u] = kept[r].x;
    stats[(row + r) * 2u + 1u] = kept[r].y;
  }
  for (var c = 0u; c < whole; c += 4u) {
    var scale = vec4f(1.0);
    var level = vec4f(0.0);
    if ((d.flags & AFFINE) != 0u) {
      scale = gamma4(c);
      level = beta4(c);
    }
    put_y(at.x + c, (x4(at.x + c) - m0.x) * m0.y * scale + level);
    if (count > 1u) { put_y(at.y + c, (x4(at.y + c) - m1.x) * m1.y * scale + level); }
    if (count > 2u) { put_y(at.z + c, (x4(at.z + c) - m2.x) * m2.y * scale + level); }
    if (count > 3u) { put_y(at.w + c, (x4(at.w + c) - m3.x) * m3.y * scale + level); }
  }
  for (var r = 0u; r < count; r++) {
    for (var c = whole; c < d.C; c++) { write_y(row + r, c, (x[(row + r) * d.C + c] - kept[r].x) * kept[r].y); }
  }
}

fn put_y(i: u32, v: vec4f) { y[i] = Out(v.x); y[i + 1u] = Out(v.y); y[i + 2u] = Out(v.z); y[i + 3u] = Out(v.w); }

@compute @workgroup_size(4)
fn backward(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let tiles = select(0u, (d.rows + 15u) / 16u, (d.flags & INPUT_GRADIENT) != 0u);
  let g = group.y * groups.x + group.x;
  if (g < tiles) { backward_x(g * 16u + local * 4u); } else { backward_w((g - tiles) * 16u + local * 4u); }
}

fn backward_x(row: u32) {
  if (row >= d.rows) { return; }
  let at = firsts(row);
  let whole = d.C - d.C % 4u;
  let k = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(d.rows - 1u)) * 2u;
  let mean = vec4f(known[k.x], known[k.y], known[k.z], known[k.w]);
  let rstd = vec4f(known[k.x + 1u], known[k.y + 1u], known[k.z + 1u], known[k.w + 1u]);
  var s0 = vec4f(); var s1 = vec4f(); var s2 = vec4f(); var s3 = vec4f();
  var t0 = vec4f(); var t1 = vec4f(); var t2 = vec4f(); var t3 = vec4f();
  for (var c = 0u; c < whole; c += 4u) {
    var scale = vec4f(1.0);
    if ((d.flags & AFFINE) != 0u) { scale = gamma4(c); }
    let g0 = dy4(at.x + c) * scale; s0 += g0; t0 += g0 * (x4(at.x + c) - mean.x);
    let g1 = dy4(at.y + c) * scale; s1 += g1; t1 += g1 * (x4(at.y + c) - mean.y);
    let g2 = dy4(at.z + c) * scale; s2 += g2; t2 += g2 * (x4(at.z + c) - mean.z);
    let g3 = dy4(at.w + c) * scale; s3 += g3; t3 += g3 * (x4(at.w + c) - mean.w);
  }
  var sum = vec4f(sum4(s0), sum4(s1), sum4(s2), sum4(s3));
  var along = vec4f(sum4(t0), sum4(t1), sum4(t2), sum4(t3));
  for (var c = whole; c < d.C; c++) {
    var g = vec4f(dy[at.x + c], dy[at.y + c], dy[at.z + c], dy[at.w + c]);
    if ((d.flags & AFFINE) != 0u) { g *= gamma[c]; }
    sum += g;
    along += g * (vec4f(x[at.x + c], x[at.y + c], x[at.z + c], x[at.w + c]) - mean);
  }
  let level = sum / f32(d.C);
  let tilt = along * rstd * rstd / f32(d.C);
  let count = min(4u, d.rows - row);
  for (var c = 0u; c < whole; c += 4u) {
    var scale = vec4f(1.0);
    if ((d.flags & AFFINE) != 0u) { scale = gamma4(c); }
    put_dx(at.x + c, rstd.x * (dy4(at.x + c) * scale - level.x - (x4(at.x + c) - mean.x) * tilt.x));
    if (count > 1u) { put_dx(at.y + c, rstd.y * (dy4(at.y + c) * scale - level.y - (x4(at.y + c) - mean.y) * tilt.y)); }
    if (count > 2u) { put_dx(at.z + c, rstd.z * (dy4(at.z + c) * scale - level.z - (x4(at.z + c) - mean.z) * tilt.z)); }
    if (count > 3u) { put_dx(at.w + c, rstd.w * (dy4(at.w + c) * scale - level.w - (x4(at.w + c) - mean.w) * tilt.w)); }
  }
  for (var r = 0u; r < count; r++) {
    for (var c = whole; c < d.C; c++) {
      let i = (row + r) * d.C + c;
      write_dx(i, c, rstd[r], level[r], (x[i] - mean[r]) * tilt[r]);
    }
  }
}

fn put_dx(i: u32, value: vec4f) {
  var v = value;
  if ((d.flags & ADD) != 0u) { v += vec4f(dx[i], dx[i + 1u], dx[i + 2u], dx[i + 3u]); }
  dx[i] = v.x; dx[i + 1u] = v.y; dx[i + 2u] = v.z; dx[i + 3u] = v.w;
}

// Four columns; those beyond the last are summed in vain.
fn backward_w(c: u32) {
  if (c >= d.C || (d.flags & WEIGHT_GRADIENT) == 0u) { return; }
  var level = vec4f(); // Σ dy
  var along = vec4f(); // Σ dy x̂
  for (var row = 0u; row < d.rows; row++) {
    let i = row * d.C + c;
    let g = dy4(i);
    level += g;
    along += g * ((x4(i) - known[row * 2u]) * known[row * 2u + 1u]);
  }
  for (var j = 0u; j < 4u && c + j < d.C; j++) { write_dw(c + j, vec2f(along[j], level[j])); }
}
