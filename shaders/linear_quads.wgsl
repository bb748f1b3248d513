enable subgroups;
// Matrix products of a linear layer for adapters that pay for loads, not for registers (software): y = x Wᵀ + b, and
// dx = dy W, dW = dyᵀ x, db = Σ dy in one dispatch. Formulas and epilogue as in linear.wgsl.
//
// A quad (four lanes, the whole workgroup) makes 48 rows × 48 columns, or 24 × 32; each lane has all rows of its own 12 or 8
// columns in registers. Values of the left operand are the same for all four lanes: every lane loads one of four neighbours
// and the quad shares them. So 48 + 48 loads a lane make 2304 multiply-adds, or 24 + 32 make 768.
//
// In a 4 × 4 block a column of the left operand is a row of the result and holds four k; a column of the right operand is
// one k and holds four columns of the result: c += right * left.

@compute @workgroup_size(4)
fn forward(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let m = group.y * TALL;
  let n = (group.x * 4u + lane) * 4u * COLUMNS;
  var c00 = mat4x4f(); var c01 = mat4x4f(); var c02 = mat4x4f();
  var c10 = mat4x4f(); var c11 = mat4x4f(); var c12 = mat4x4f();
  var c20 = mat4x4f(); var c21 = mat4x4f(); var c22 = mat4x4f();
  var c30 = mat4x4f(); var c31 = mat4x4f(); var c32 = mat4x4f();
  var c40 = mat4x4f(); var c41 = mat4x4f(); var c42 = mat4x4f();
  var c50 = mat4x4f(); var c51 = mat4x4f(); var c52 = mat4x4f();
  var c60 = mat4x4f(); var c61 = mat4x4f(); var c62 = mat4x4f();
  var c70 = mat4x4f(); var c71 = mat4x4f(); var c72 = mat4x4f();
  var c80 = mat4x4f(); var c81 = mat4x4f(); var c82 = mat4x4f();
  var c90 = mat4x4f(); var c91 = mat4x4f(); var c92 = mat4x4f();
  var c100 = mat4x4f(); var c101 = mat4x4f(); var c102 = mat4x4f();
  var c110 = mat4x4f(); var c111 = mat4x4f(); var c112 = mat4x4f();
  for (var k = 0u; k < d.in; k += 4u) {
    let b0 = w_turned(n, k);
    let b1 = w_turned(n + 4u, k);
    var b2 = mat4x4f();
    if (LARGE) { b2 = w_turned(n + 8u, k); }
    let here = k + lane < d.in;
    let i = m * d.in + k + lane;
    add(x_left(i, here), b0, b1, b2, &c00, &c01, &c02);
    add(x_left(i + 4u * d.in, here), b0, b1, b2, &c10, &c11, &c12);
    add(x_left(i + 8u * d.in, here), b0, b1, b2, &c20, &c21, &c22);
    add(x_left(i + 12u * d.in, here), b0, b1, b2, &c30, &c31, &c32);
    add(x_left(i + 16u * d.in, here), b0, b1, b2, &c40, &c41, &c42);
    add(x_left(i + 20u * d.in, here), b0, b1, b2, &c50, &c51, &c52);
    if (LARGE) {
      add(x_left(i + 24u * d.in, here), b0, b1, b2, &c60, &c61, &c62);
      add(x_left(i + 28u * d.in, here), b0, b1, b2, &c70, &c71, &c72);
      add(x_left(i + 32u * d.in, here), b0, b1, b2, &c80, &c81, &c82);
      add(x_left(i + 36u * d.in, here), b0, b1, b2, &c90, &c91, &c92);
      add(x_left(i + 40u * d.in, here), b0, b1, b2, &c100, &c101, &c102);
      add(x_left(i + 44u * d.in, here), b0, b1, b2, &c110, &c111, &c112);
    }
  }
  var c = array<mat4x4f, 36>(
    c00, c01, c02, c10, c11, c12, c20, c21, c22, c30, c31, c32,
    c40, c41, c42, c50, c51, c52, c60, c61, c62, c70, c71, c72,
    c80, c81, c82, c90, c91, c92, c100, c101, c102, c110, c111, c112,
  );
  let end = min(TALL, d.rows - m);
  if ((group.x + 1u) * 16u * COLUMNS > d.out) {
    for (var q = 0u; q < COLUMNS; q++) {
      for (var r = 0u; r < end; r++) { finish_part(m + r, n + 4u * q, c[(r / 4u) * 3u + q][r % 4u]); }
    }
    return;
  }
  for (var q = 0u; q < COLUMNS; q++) {
    let column = n + 4u * q;
    var b = vec4f(0.0);
    if ((d.flags & BIAS) != 0u) { b = vec4f(bias[column], bias[column + 1u], bias[column + 2u], bias[column + 3u]); }
    // One loop per form: a branch in the loop would cost more than its work.
    if ((d.flags & GELU) != 0u) {
      for (var r = 0u; r < end; r++) {
        let i = (m + r) * d.out + column;
        let v = c[(r / 4u) * 3u + q][r % 4u] + b;
        pre[i] = Out(v.x); pre[i + 1u] = Out(v.y); pre[i + 2u] = Out(v.z); pre[i + 3u] = Out(v.w);
        put_y(i, gelu4(v));
      }
    } else if ((d.flags & RESIDUAL) != 0u) {
      for (var r = 0u; r < end; r++) { put_y((m + r) * d.out + column, c[(r / 4u) * 3u + q][r % 4u] + b + residual_at(m + r, column)); }
    } else {
      for (var r = 0u; r < end; r++) { put_y((m + r) * d.out + column, c[(r / 4u) * 3u + q][r % 4u] + b); }
    }
  }
}

fn put_y(i: u32, v: vec4f) { y[i] = Out(v.x); y[i + 1u] = Out(v.y); y[i + 2u] = Out(v.z); y[i + 3u] = Out(v.w); }

fn residual_at(m: u32, n: u32) -> vec4f {
  var r = m;
  if ((d.flags & LOOKUP) != 0u) { r = lookup[m]; }
  let i = r * d.out + n;
  return vec4f(residual[i], residual[i + 1u], residual[i + 2u], residual[i + 3u]);
}

// Four columns of a row where the matrix may end.
fn finish_part(m: u32, n: u32, sum: vec4f) {
  var v = sum;
  if ((d.flags & BIAS) != 0u) { v += vec4f(bias[n], bias[n + 1u], bias[n + 2u], bias[n + 3u]); }
  let before = v;
  if ((d.flags & GELU) != 0u) { v = gelu4(v); }
  if ((d.flags & RESIDUAL) != 0u) { v += residual_at(m, n); }
  for (var j = 0u; j < 4u && n + j < d.out; j++) {
    if ((d.flags & GELU) != 0u) { pre[m * d.out + n + j] = Out(before[j]); }
    y[m * d.out + n + j] = Out(v[j]);
  }
}
