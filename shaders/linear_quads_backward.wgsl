enable subgroups;
// The backward pass of linear_quads.wgsl, tiled alike.

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
  if ((d.flags & GELU_SLOPE) != 0u) { v *= gelu_slope4(vec4f(vec4<In>(known_pre[i], known_pre[i + 1u], known_pre[i + 2u], known_pre[i + 3u]))); }
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
