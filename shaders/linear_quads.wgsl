enable subgroups;
// Matrix products of a linear layer for adapters that pay for loads, not for registers (software): y = x Wᵀ + b, and
// dx = dy W, dW = dyᵀ x, db = Σ dy in one dispatch. Formulas and epilogue as in linear.wgsl.
//
// A quad (four lanes, the whole workgroup) makes TALL rows × 4 · COLUMNS · 4 columns; each lane has all 24 rows of its own
// 4 · COLUMNS columns in registers. Values of the left operand are the same for all four lanes: every lane loads one of
// four neighbours and the quad shares them, so that 24 loads serve 96 values. 24 + 64 loads make 1536 multiply-adds.
//
// In a 4 × 4 block a column of the left operand is a row of the result and holds four k; a column of the right operand is
// one k and holds four columns of the result: c += right * left.

override TALL: u32 = 24; // rows, or 12: half as much to compile
override COLUMNS: u32 = 4; // 4 × 4 blocks beside each other, 3 or 4

fn share(v: f32) -> vec4f {
  return vec4f(quadBroadcast(v, 0u), quadBroadcast(v, 1u), quadBroadcast(v, 2u), quadBroadcast(v, 3u));
}

// Adds left (4 rows) × right to a row of blocks.
fn add(a: mat4x4f, b0: mat4x4f, b1: mat4x4f, b2: mat4x4f, b3: mat4x4f, c0: ptr<function, mat4x4f>, c1: ptr<function, mat4x4f>, c2: ptr<function, mat4x4f>, c3: ptr<function, mat4x4f>) {
  *c0 += b0 * a;
  *c1 += b1 * a;
  *c2 += b2 * a;
  if (COLUMNS == 4u) { *c3 += b3 * a; }
}

// Four rows of a left operand: lane l has loaded k + l of each, the quad shares them.
fn rows4(v: vec4f) -> mat4x4f { return mat4x4f(share(v.x), share(v.y), share(v.z), share(v.w)); }

fn x_left(i: u32, here: bool) -> mat4x4f {
  return rows4(select(vec4f(0.0), vec4f(x[i], x[i + d.in], x[i + 2u * d.in], x[i + 3u * d.in]), here));
}
fn dy_left(i: u32, here: bool) -> mat4x4f {
  return rows4(select(vec4f(0.0), vec4f(dy[i], dy[i + d.out], dy[i + 2u * d.out], dy[i + 3u * d.out]), here));
}
// dyᵀ for dW: lane l has loaded row l of the result at four k.
fn dy_turned(i: u32, here: vec4<bool>) -> vec4f {
  return select(vec4f(0.0), vec4f(dy[i], dy[i + d.out], dy[i + 2u * d.out], dy[i + 3u * d.out]), here);
}

fn sum4(v: vec4f) -> f32 { return (v.x + v.y) + (v.z + v.w); }

fn w4(i: u32) -> vec4f { return vec4f(W[i], W[i + 1u], W[i + 2u], W[i + 3u]); }
fn x4(i: u32) -> vec4f { return vec4f(x[i], x[i + 1u], x[i + 2u], x[i + 3u]); }

// Columns n … n+3 of Wᵀ at k … k+3.
fn w_turned(n: u32, k: u32) -> mat4x4f {
  let i = n * d.in + k;
  return transpose(mat4x4f(w4(i), w4(i + d.in), w4(i + 2u * d.in), w4(i + 3u * d.in)));
}
fn w_right(n: u32, k: u32) -> mat4x4f {
  let i = k * d.in + n;
  return mat4x4f(w4(i), w4(i + d.in), w4(i + 2u * d.in), w4(i + 3u * d.in));
}
// Rows beyond the last count as zero on the left; here they must only not be stale memory, which may hold NaN.
fn x_right(n: u32, k: u32) -> mat4x4f {
  let last = d.rows - 1u;
  return mat4x4f(
    x4(k * d.in + n), x4(min(k + 1u, last) * d.in + n), x4(min(k + 2u, last) * d.in + n), x4(min(k + 3u, last) * d.in + n),
  );
}

@compute @workgroup_size(4)
fn forward(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let m = group.y * TALL;
  let n = (group.x * 4u + lane) * COLUMNS * 4u;
  var c00 = mat4x4f(); var c01 = mat4x4f(); var c02 = mat4x4f(); var c03 = mat4x4f();
  var c10 = mat4x4f(); var c11 = mat4x4f(); var c12 = mat4x4f(); var c13 = mat4x4f();
  var c20 = mat4x4f(); var c21 = mat4x4f(); var c22 = mat4x4f(); var c23 = mat4x4f();
  var c30 = mat4x4f(); var c31 = mat4x4f(); var c32 = mat4x4f(); var c33 = mat4x4f();
  var c40 = mat4x4f(); var c41 = mat4x4f(); var c42 = mat4x4f(); var c43 = mat4x4f();
  var c50 = mat4x4f(); var c51 = mat4x4f(); var c52 = mat4x4f(); var c53 = mat4x4f();
  for (var k = 0u; k < d.in; k += 4u) {
    let b0 = w_turned(n, k);
    let b1 = w_turned(n + 4u, k);
    let b2 = w_turned(n + 8u, k);
    var b3 = mat4x4f();
    if (COLUMNS == 4u) { b3 = w_turned(n + 12u, k); }
    let here = k + lane < d.in;
    let i = m * d.in + k + lane;
    add(x_left(i, here), b0, b1, b2, b3, &c00, &c01, &c02, &c03);
    add(x_left(i + 4u * d.in, here), b0, b1, b2, b3, &c10, &c11, &c12, &c13);
    add(x_left(i + 8u * d.in, here), b0, b1, b2, b3, &c20, &c21, &c22, &c23);
    if (TALL == 24u) {
      add(x_left(i + 12u * d.in, here), b0, b1, b2, b3, &c30, &c31, &c32, &c33);
      add(x_left(i + 16u * d.in, here), b0, b1, b2, b3, &c40, &c41, &c42, &c43);
      add(x_left(i + 20u * d.in, here), b0, b1, b2, b3, &c50, &c51, &c52, &c53);
    }
  }
  var c = array<mat4x4f, 24>(
    c00, c01, c02, c03, c10, c11, c12, c13, c20, c21, c22, c23, c30, c31, c32, c33, c40, c41, c42, c43, c50, c51, c52, c53,
  );
  let end = min(TALL, d.rows - m);
  if ((group.x + 1u) * 16u * COLUMNS > d.out) {
    for (var q = 0u; q < COLUMNS; q++) {
      for (var r = 0u; r < end; r++) { finish_part(m + r, n + 4u * q, c[(r / 4u) * 4u + q][r % 4u]); }
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
        let v = c[(r / 4u) * 4u + q][r % 4u] + b;
        pre[i] = v.x; pre[i + 1u] = v.y; pre[i + 2u] = v.z; pre[i + 3u] = v.w;
        put_y(i, gelu4(v));
      }
    } else if ((d.flags & RESIDUAL) != 0u) {
      for (var r = 0u; r < end; r++) { put_y((m + r) * d.out + column, c[(r / 4u) * 4u + q][r % 4u] + b + residual_at(m + r, column)); }
    } else {
      for (var r = 0u; r < end; r++) { put_y((m + r) * d.out + column, c[(r / 4u) * 4u + q][r % 4u] + b); }
    }
  }
}

fn put_y(i: u32, v: vec4f) { y[i] = v.x; y[i + 1u] = v.y; y[i + 2u] = v.z; y[i + 3u] = v.w; }

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
    if ((d.flags & GELU) != 0u) { pre[m * d.out + n + j] = before[j]; }
    y[m * d.out + n + j] = v[j];
  }
}

@compute @workgroup_size(4)
fn backward(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let n = (group.x * 4u + lane) * COLUMNS * 4u;
  var tiles = 0u;
  if ((d.flags & INPUT_GRADIENT) != 0u) { tiles = (d.rows + TALL - 1u) / TALL; }
  var m = group.y * TALL;
  var c00 = mat4x4f(); var c01 = mat4x4f(); var c02 = mat4x4f(); var c03 = mat4x4f();
  var c10 = mat4x4f(); var c11 = mat4x4f(); var c12 = mat4x4f(); var c13 = mat4x4f();
  var c20 = mat4x4f(); var c21 = mat4x4f(); var c22 = mat4x4f(); var c23 = mat4x4f();
  var c30 = mat4x4f(); var c31 = mat4x4f(); var c32 = mat4x4f(); var c33 = mat4x4f();
  var c40 = mat4x4f(); var c41 = mat4x4f(); var c42 = mat4x4f(); var c43 = mat4x4f();
  var c50 = mat4x4f(); var c51 = mat4x4f(); var c52 = mat4x4f(); var c53 = mat4x4f();
  if (group.y < tiles) {
    for (var k = 0u; k < d.out; k += 4u) {
      let b0 = w_right(n, k);
      let b1 = w_right(n + 4u, k);
      let b2 = w_right(n + 8u, k);
      var b3 = mat4x4f();
      if (COLUMNS == 4u) { b3 = w_right(n + 12u, k); }
      let here = k + lane < d.out;
      let i = m * d.out + k + lane;
      add(dy_left(i, here), b0, b1, b2, b3, &c00, &c01, &c02, &c03);
      add(dy_left(i + 4u * d.out, here), b0, b1, b2, b3, &c10, &c11, &c12, &c13);
      add(dy_left(i + 8u * d.out, here), b0, b1, b2, b3, &c20, &c21, &c22, &c23);
      if (TALL == 24u) {
        add(dy_left(i + 12u * d.out, here), b0, b1, b2, b3, &c30, &c31, &c32, &c33);
        add(dy_left(i + 16u * d.out, here), b0, b1, b2, b3, &c40, &c41, &c42, &c43);
        add(dy_left(i + 20u * d.out, here), b0, b1, b2, b3, &c50, &c51, &c52, &c53);
      }
    }
  } else {
    m -= tiles * TALL;
    var s0 = 0.0; var s1 = 0.0; var s2 = 0.0; var s3 = 0.0; var s4 = 0.0; var s5 = 0.0;
    for (var k = 0u; k < d.rows; k += 4u) {
      let b0 = x_right(n, k);
      let b1 = x_right(n + 4u, k);
      let b2 = x_right(n + 8u, k);
      var b3 = mat4x4f();
      if (COLUMNS == 4u) { b3 = x_right(n + 12u, k); }
      let here = vec4u(k, k + 1u, k + 2u, k + 3u) < vec4u(d.rows);
      let i = k * d.out + m + lane;
      let v0 = dy_turned(i, here); s0 += sum4(v0);
      add(transpose(rows4(v0)), b0, b1, b2, b3, &c00, &c01, &c02, &c03);
      let v1 = dy_turned(i + 4u, here); s1 += sum4(v1);
      add(transpose(rows4(v1)), b0, b1, b2, b3, &c10, &c11, &c12, &c13);
      let v2 = dy_turned(i + 8u, here); s2 += sum4(v2);
      add(transpose(rows4(v2)), b0, b1, b2, b3, &c20, &c21, &c22, &c23);
      if (TALL == 24u) {
        let v3 = dy_turned(i + 12u, here); s3 += sum4(v3);
        add(transpose(rows4(v3)), b0, b1, b2, b3, &c30, &c31, &c32, &c33);
        let v4 = dy_turned(i + 16u, here); s4 += sum4(v4);
        add(transpose(rows4(v4)), b0, b1, b2, b3, &c40, &c41, &c42, &c43);
        let v5 = dy_turned(i + 20u, here); s5 += sum4(v5);
        add(transpose(rows4(v5)), b0, b1, b2, b3, &c50, &c51, &c52, &c53);
      }
    }
    if (group.x == 0u && (d.flags & BIAS_GRADIENT) != 0u) {
      put_db(m + lane, s0); put_db(m + lane + 4u, s1); put_db(m + lane + 8u, s2);
      if (TALL == 24u) { put_db(m + lane + 12u, s3); put_db(m + lane + 16u, s4); put_db(m + lane + 20u, s5); }
    }
  }
  var c = array<mat4x4f, 24>(
    c00, c01, c02, c03, c10, c11, c12, c13, c20, c21, c22, c23, c30, c31, c32, c33, c40, c41, c42, c43, c50, c51, c52, c53,
  );
  for (var q = 0u; q < COLUMNS; q++) {
    let column = n + 4u * q;
    if (column >= d.in) { continue; }
    let count = min(4u, d.in - column);
    if (group.y < tiles) {
      for (var r = 0u; r < TALL && m + r < d.rows; r++) { put_dx((m + r) * d.in + column, count, c[(r / 4u) * 4u + q][r % 4u]); }
    } else {
      for (var r = 0u; r < TALL && m + r < d.out; r++) { put_dw((m + r) * d.in + column, count, c[(r / 4u) * 4u + q][r % 4u]); }
    }
  }
}

fn put_dx(i: u32, count: u32, sum: vec4f) {
  var v = sum;
  if ((d.flags & GELU_SLOPE) != 0u) { v *= gelu_slope4(vec4f(known_pre[i], known_pre[i + 1u], known_pre[i + 2u], known_pre[i + 3u])); }
  if ((d.flags & ADD) != 0u) { v += vec4f(dx[i], dx[i + 1u], dx[i + 2u], dx[i + 3u]); }
  if (count == 4u) {
    dx[i] = v.x; dx[i + 1u] = v.y; dx[i + 2u] = v.z; dx[i + 3u] = v.w;
  } else {
    for (var j = 0u; j < count; j++) { dx[i + j] = v[j]; }
  }
}

fn put_dw(i: u32, count: u32, sum: vec4f) {
  var v = sum;
  if ((d.flags & ADD_DW) != 0u) { v += vec4f(dw[i], dw[i + 1u], dw[i + 2u], dw[i + 3u]); }
  if (count == 4u) {
    dw[i] = v.x; dw[i + 1u] = v.y; dw[i + 2u] = v.z; dw[i + 3u] = v.w;
  } else {
    for (var j = 0u; j < count; j++) { dw[i + j] = v[j]; }
  }
}

fn put_db(i: u32, sum: f32) {
  if (i >= d.out) { return; }
  if ((d.flags & ADD_DW) != 0u) { db[i] += sum; } else { db[i] = sum; }
}
