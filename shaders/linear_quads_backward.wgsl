enable subgroups;
// The backward pass of linear_quads.wgsl, tiled alike. One loop for dx and dW would be half as much to compile, but a software
// adapter runs both sides of a branch, and the branch would stand in the loop: a quarter slower.

@compute @workgroup_size(4)
fn backward(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let n = (group.x * 4u + lane) * 4u * COLUMNS;
  var tiles = 0u;
  if ((d.flags & INPUT_GRADIENT) != 0u) { tiles = (d.rows + TALL - 1u) / TALL; }
  var m = group.y * TALL;
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
  if (group.y < tiles) {
    for (var k = 0u; k < d.out; k += 4u) {
      let b0 = w_right(n, k);
      let b1 = w_right(n + 4u, k);
      var b2 = mat4x4f();
      if (LARGE) { b2 = w_right(n + 8u, k); }
      let here = k + lane < d.out;
      let i = m * d.out + k + lane;
      add(dy_left(i, here), b0, b1, b2, &c00, &c01, &c02);
      add(dy_left(i + 4u * d.out, here), b0, b1, b2, &c10, &c11, &c12);
      add(dy_left(i + 8u * d.out, here), b0, b1, b2, &c20, &c21, &c22);
      add(dy_left(i + 12u * d.out, here), b0, b1, b2, &c30, &c31, &c32);
      add(dy_left(i + 16u * d.out, here), b0, b1, b2, &c40, &c41, &c42);
      add(dy_left(i + 20u * d.out, here), b0, b1, b2, &c50, &c51, &c52);
      if (LARGE) {
        add(dy_left(i + 24u * d.out, here), b0, b1, b2, &c60, &c61, &c62);
        add(dy_left(i + 28u * d.out, here), b0, b1, b2, &c70, &c71, &c72);
        add(dy_left(i + 32u * d.out, here), b0, b1, b2, &c80, &c81, &c82);
        add(dy_left(i + 36u * d.out, here), b0, b1, b2, &c90, &c91, &c92);
        add(dy_left(i + 40u * d.out, here), b0, b1, b2, &c100, &c101, &c102);
        add(dy_left(i + 44u * d.out, here), b0, b1, b2, &c110, &c111, &c112);
      }
    }
  } else {
    m -= tiles * TALL;
    var s0 = 0.0; var s1 = 0.0; var s2 = 0.0; var s3 = 0.0; var s4 = 0.0; var s5 = 0.0;
    var s6 = 0.0; var s7 = 0.0; var s8 = 0.0; var s9 = 0.0; var s10 = 0.0; var s11 = 0.0;
    for (var k = 0u; k < d.rows; k += 4u) {
      let b0 = x_right(n, k);
      let b1 = x_right(n + 4u, k);
      var b2 = mat4x4f();
      if (LARGE) { b2 = x_right(n + 8u, k); }
      let here = vec4u(k, k + 1u, k + 2u, k + 3u) < vec4u(d.rows);
      let i = k * d.out + m + lane;
      let v0 = dy_turned(i, here); s0 += sum4(v0);
      add(transpose(rows4(v0)), b0, b1, b2, &c00, &c01, &c02);
      let v1 = dy_turned(i + 4u, here); s1 += sum4(v1);
      add(transpose(rows4(v1)), b0, b1, b2, &c10, &c11, &c12);
      let v2 = dy_turned(i + 8u, here); s2 += sum4(v2);
      add(transpose(rows4(v2)), b0, b1, b2, &c20, &c21, &c22);
      let v3 = dy_turned(i + 12u, here); s3 += sum4(v3);
      add(transpose(rows4(v3)), b0, b1, b2, &c30, &c31, &c32);
      let v4 = dy_turned(i + 16u, here); s4 += sum4(v4);
      add(transpose(rows4(v4)), b0, b1, b2, &c40, &c41, &c42);
      let v5 = dy_turned(i + 20u, here); s5 += sum4(v5);
      add(transpose(rows4(v5)), b0, b1, b2, &c50, &c51, &c52);
      if (LARGE) {
        let v6 = dy_turned(i + 24u, here); s6 += sum4(v6);
        add(transpose(rows4(v6)), b0, b1, b2, &c60, &c61, &c62);
        let v7 = dy_turned(i + 28u, here); s7 += sum4(v7);
        add(transpose(rows4(v7)), b0, b1, b2, &c70, &c71, &c72);
        let v8 = dy_turned(i + 32u, here); s8 += sum4(v8);
        add(transpose(rows4(v8)), b0, b1, b2, &c80, &c81, &c82);
        let v9 = dy_turned(i + 36u, here); s9 += sum4(v9);
        add(transpose(rows4(v9)), b0, b1, b2, &c90, &c91, &c92);
        let v10 = dy_turned(i + 40u, here); s10 += sum4(v10);
        add(transpose(rows4(v10)), b0, b1, b2, &c100, &c101, &c102);
        let v11 = dy_turned(i + 44u, here); s11 += sum4(v11);
        add(transpose(rows4(v11)), b0, b1, b2, &c110, &c111, &c112);
      }
    }
    if (group.x == 0u && (d.flags & BIAS_GRADIENT) != 0u) {
      let row = m + lane;
      put_db(row, s0); put_db(row + 4u, s1); put_db(row + 8u, s2);
      put_db(row + 12u, s3); put_db(row + 16u, s4); put_db(row + 20u, s5);
      if (LARGE) {
        put_db(row + 24u, s6); put_db(row + 28u, s7); put_db(row + 32u, s8);
        put_db(row + 36u, s9); put_db(row + 40u, s10); put_db(row + 44u, s11);
      }
    }
  }
  var c = array<mat4x4f, 36>(
    c00, c01, c02, c10, c11, c12, c20, c21, c22, c30, c31, c32,
    c40, c41, c42, c50, c51, c52, c60, c61, c62, c70, c71, c72,
    c80, c81, c82, c90, c91, c92, c100, c101, c102, c110, c111, c112,
  );
  let of_x = group.y < tiles;
  let end = min(TALL, select(d.out, d.rows, of_x) - m);
  if ((group.x + 1u) * 16u * COLUMNS > d.in || (d.flags & (GELU_SLOPE | ADD)) == (GELU_SLOPE | ADD)) {
    for (var q = 0u; q < COLUMNS; q++) {
      for (var r = 0u; r < end; r++) { finish_part(of_x, m + r, n + 4u * q, c[(r / 4u) * 3u + q][r % 4u]); }
    }
    return;
  }
  // One loop per form: a branch in the loop would cost more than its work.
  for (var q = 0u; q < COLUMNS; q++) {
    let first = m * d.in + n + 4u * q;
    if (of_x) {
      if ((d.flags & GELU_SLOPE) != 0u) {
        for (var r = 0u; r < end; r++) { let i = first + r * d.in; put_dx(i, c[(r / 4u) * 3u + q][r % 4u] * slope_at(i)); }
      } else if ((d.flags & ADD) != 0u) {
        for (var r = 0u; r < end; r++) { let i = first + r * d.in; put_dx(i, c[(r / 4u) * 3u + q][r % 4u] + dx4(i)); }
      } else {
        for (var r = 0u; r < end; r++) { put_dx(first + r * d.in, c[(r / 4u) * 3u + q][r % 4u]); }
      }
    } else if ((d.flags & ADD_DW) != 0u) {
      for (var r = 0u; r < end; r++) { let i = first + r * d.in; put_dw(i, c[(r / 4u) * 3u + q][r % 4u] + dw4(i)); }
    } else {
      for (var r = 0u; r < end; r++) { put_dw(first + r * d.in, c[(r / 4u) * 3u + q][r % 4u]); }
    }
  }
}

fn slope_at(i: u32) -> vec4f {
  return gelu_slope4(vec4f(vec4<In>(known_pre[i], known_pre[i + 1u], known_pre[i + 2u], known_pre[i + 3u])));
}
fn dx4(i: u32) -> vec4f { return vec4f(dx[i], dx[i + 1u], dx[i + 2u], dx[i + 3u]); }
fn dw4(i: u32) -> vec4f { return vec4f(dw[i], dw[i + 1u], dw[i + 2u], dw[i + 3u]); }
fn put_dx(i: u32, v: vec4f) { dx[i] = v.x; dx[i + 1u] = v.y; dx[i + 2u] = v.z; dx[i + 3u] = v.w; }
fn put_dw(i: u32, v: vec4f) { dw[i] = v.x; dw[i + 1u] = v.y; dw[i + 2u] = v.z; dw[i + 3u] = v.w; }

// Four columns of a row where the matrix may end, in any form.
fn finish_part(of_x: bool, row: u32, column: u32, sum: vec4f) {
  let i = row * d.in + column;
  var v = sum;
  if (of_x && (d.flags & GELU_SLOPE) != 0u) { v *= slope_at(i); }
  if (of_x && (d.flags & ADD) != 0u) { v += dx4(i); }
  if (!of_x && (d.flags & ADD_DW) != 0u) { v += dw4(i); }
  for (var j = 0u; j < 4u && column + j < d.in; j++) {
    if (of_x) { dx[i + j] = v[j]; } else { dw[i + j] = v[j]; }
  }
}

fn put_db(i: u32, sum: f32) {
  if (i >= d.out) { return; }
  if ((d.flags & ADD_DW) != 0u) { db[i] += sum; } else { db[i] = sum; }
}
