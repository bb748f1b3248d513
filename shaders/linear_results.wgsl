// What becomes of four neighbouring sums of a linear layer, in the forms that stage operands in workgroup memory: bias, GELU
// and residual behind y, the slope of a GELU behind dx, and whether a gradient is stored or added. Appended to each.

fn finish(m: u32, n: u32, sum: vec4f) {
  if (m >= d.rows) { return; }
  var v = sum;
  if ((d.flags & BIAS) != 0u) { v += vec4f(bias[n], bias[n + 1u], bias[n + 2u], bias[n + 3u]); }
  let before = v;
  if ((d.flags & GELU) != 0u) { v = gelu4(v); }
  if ((d.flags & RESIDUAL) != 0u) {
    var r = m;
    if ((d.flags & LOOKUP) != 0u) { r = lookup[m]; }
    r = r * d.out + n;
    v += vec4f(residual[r], residual[r + 1u], residual[r + 2u], residual[r + 3u]);
  }
  for (var j = 0u; j < 4u && n + j < d.out; j++) {
    if ((d.flags & GELU) != 0u) { pre[m * d.out + n + j] = Out(before[j]); }
    y[m * d.out + n + j] = Out(v[j]);
  }
}

fn put_dx(m: u32, n: u32, sum: vec4f) {
  if (m >= d.rows) { return; }
  let i = m * d.in + n;
  var v = sum;
  if ((d.flags & GELU_SLOPE) != 0u) { v *= gelu_slope4(vec4f(vec4<In>(known_pre[i], known_pre[i + 1u], known_pre[i + 2u], known_pre[i + 3u]))); }
  for (var j = 0u; j < 4u && n + j < d.in; j++) {
    if ((d.flags & ADD) != 0u) { dx[i + j] += v[j]; } else { dx[i + j] = v[j]; }
  }
}

fn put_dw(m: u32, n: u32, sum: vec4f) {
  if (m >= d.out) { return; }
  let i = m * d.in + n;
  for (var j = 0u; j < 4u && n + j < d.in; j++) {
    if ((d.flags & ADD_DW) != 0u) { dw[i + j] += sum[j]; } else { dw[i + j] = sum[j]; }
  }
}
