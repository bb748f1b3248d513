// The backward pass of attention.wgsl, which has the formulas: one kernel for the gradients of queries, one for those of
// keys and values.

// One number per row of the tile from a (rows, H) table.
fn four(table: vec4f, i: u32, v: f32) -> vec4f { return select(table, vec4f(v), vec4u(0u, 1u, 2u, 3u) == vec4u(i)); }
fn sums4(head: u32, r: u32, end: u32) -> vec4f {
  let top = end - 1u;
  return vec4f(sums[min(r, top) * d.H + head], sums[min(r + 1u, top) * d.H + head], sums[min(r + 2u, top) * d.H + head], sums[min(r + 3u, top) * d.H + head]);
}
fn delta4(head: u32, r: u32, end: u32) -> vec4f {
  let top = end - 1u;
  return vec4f(known_delta[min(r, top) * d.H + head], known_delta[min(r + 1u, top) * d.H + head], known_delta[min(r + 2u, top) * d.H + head], known_delta[min(r + 3u, top) * d.H + head]);
}

// Σ dout · out over the channels of the head
fn delta_of(row: u32, head: u32) -> f32 {
  var sum = 0.0;
  for (var c = 0u; c < d.D; c++) {
    let i = row * d.H * d.D + head * d.D + c;
    sum += dout[i] * f32(made[i]);
  }
  return sum;
}

@compute @workgroup_size(16)
fn backward_q(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= 2u * d.tiles) { return; }
  let tile = half_tile(id.x);
  if (tile.x >= tile.y) { return; }
  let head = id.y;
  let chunk = id.z * CHUNK;
  let r = tile.x;
  let lse_a = sums4(head, r, tile.y);
  let lse_b = sums4(head, r + 4u, tile.y);
  var delta_a = vec4f();
  var delta_b = vec4f();
  for (var i = 0u; i < 8u && r + i < tile.y; i++) {
    let sum = delta_of(r + i, head);
    if (i < 4u) { delta_a = four(delta_a, i, sum); } else { delta_b = four(delta_b, i - 4u, sum); }
    if (chunk == 0u) { delta[(r + i) * d.H + head] = sum; }
  }
  var a0 = mat4x4f(); var a1 = mat4x4f(); var a2 = mat4x4f(); var a3 = mat4x4f();
  var a4 = mat4x4f(); var a5 = mat4x4f(); var a6 = mat4x4f(); var a7 = mat4x4f();
  var b0 = mat4x4f(); var b1 = mat4x4f(); var b2 = mat4x4f(); var b3 = mat4x4f();
  var b4 = mat4x4f(); var b5 = mat4x4f(); var b6 = mat4x4f(); var b7 = mat4x4f();
  for (var key = tile.z; key < tile.w; key += 4u) {
    var s_a = mat4x4f(); var s_b = mat4x4f();
    var dp_a = mat4x4f(); var dp_b = mat4x4f();
    for (var c = 0u; c < d.D; c += 4u) {
      let k = transpose(inside(rows_of(1u, head, key, tile.w, c), c));
      s_a += k * inside(rows_of(0u, head, r, tile.y, c), c);
      s_b += k * inside(rows_of(0u, head, r + 4u, tile.y, c), c);
      let v = transpose(inside(rows_of(2u, head, key, tile.w, c), c));
      dp_a += v * inside(rows_of_dout(head, r, tile.y, c), c);
      dp_b += v * inside(rows_of_dout(head, r + 4u, tile.y, c), c);
    }
    let here = exists(key, tile.w);
    let p_a = where_exists(exp_block(s_a * d.scale, lse_a), here, 0.0);
    let p_b = where_exists(exp_block(s_b * d.scale, lse_b), here, 0.0);
    let ds_a = times(p_a, mat4x4f(dp_a[0] - delta_a.x, dp_a[1] - delta_a.y, dp_a[2] - delta_a.z, dp_a[3] - delta_a.w)) * d.scale;
    let ds_b = times(p_b, mat4x4f(dp_b[0] - delta_b.x, dp_b[1] - delta_b.y, dp_b[2] - delta_b.z, dp_b[3] - delta_b.w)) * d.scale;
    var k = rows_of(1u, head, key, tile.w, chunk);
    a0 += k * ds_a; b0 += k * ds_b;
    k = rows_of(1u, head, key, tile.w, chunk + 4u);
    a1 += k * ds_a; b1 += k * ds_b;
    k = rows_of(1u, head, key, tile.w, chunk + 8u);
    a2 += k * ds_a; b2 += k * ds_b;
    k = rows_of(1u, head, key, tile.w, chunk + 12u);
    a3 += k * ds_a; b3 += k * ds_b;
    k = rows_of(1u, head, key, tile.w, chunk + 16u);
    a4 += k * ds_a; b4 += k * ds_b;
    k = rows_of(1u, head, key, tile.w, chunk + 20u);
    a5 += k * ds_a; b5 += k * ds_b;
    k = rows_of(1u, head, key, tile.w, chunk + 24u);
    a6 += k * ds_a; b6 += k * ds_b;
    k = rows_of(1u, head, key, tile.w, chunk + 28u);
    a7 += k * ds_a; b7 += k * ds_b;
  }
  var result = array<mat4x4f, 16>(a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7);
  store_rows(&result, tile, 0u, head, chunk);
}

// Writes 8 rows × 32 channels of one part of dqkv.
fn store_rows(result: ptr<function, array<mat4x4f, 16>>, tile: vec4u, part: u32, head: u32, chunk: u32) {
  let width = d.H * d.D;
  for (var i = 0u; i < 8u && tile.x + i < tile.y; i++) {
    for (var c = 0u; c < CHUNK && chunk + c < d.D; c++) {
      dqkv[(tile.x + i) * 3u * width + part * width + head * d.D + chunk + c] = (*result)[(i / 4u) * 8u + c / 4u][i % 4u][c % 4u];
    }
  }
}

@compute @workgroup_size(16)
fn backward_kv(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= 2u * d.tiles) { return; }
  let tile = half_tile(id.x); // its rows are keys here
  if (tile.x >= tile.y) { return; }
  let head = id.y;
  let chunk = id.z * CHUNK;
  let r = tile.x;
  var a0 = mat4x4f(); var a1 = mat4x4f(); var a2 = mat4x4f(); var a3 = mat4x4f();
  var a4 = mat4x4f(); var a5 = mat4x4f(); var a6 = mat4x4f(); var a7 = mat4x4f();
  var b0 = mat4x4f(); var b1 = mat4x4f(); var b2 = mat4x4f(); var b3 = mat4x4f();
  var b4 = mat4x4f(); var b5 = mat4x4f(); var b6 = mat4x4f(); var b7 = mat4x4f();
  var e0 = mat4x4f(); var e1 = mat4x4f(); var e2 = mat4x4f(); var e3 = mat4x4f();
  var e4 = mat4x4f(); var e5 = mat4x4f(); var e6 = mat4x4f(); var e7 = mat4x4f();
  var f0 = mat4x4f(); var f1 = mat4x4f(); var f2 = mat4x4f(); var f3 = mat4x4f();
  var f4 = mat4x4f(); var f5 = mat4x4f(); var f6 = mat4x4f(); var f7 = mat4x4f();
  for (var query = tile.z; query < tile.w; query += 4u) {
    var s_a = mat4x4f(); var s_b = mat4x4f();
    var dp_a = mat4x4f(); var dp_b = mat4x4f();
    for (var c = 0u; c < d.D; c += 4u) {
      let q = transpose(inside(rows_of(0u, head, query, tile.w, c), c));
      s_a += q * inside(rows_of(1u, head, r, tile.y, c), c);
      s_b += q * inside(rows_of(1u, head, r + 4u, tile.y, c), c);
      let g = transpose(inside(rows_of_dout(head, query, tile.w, c), c));
      dp_a += g * inside(rows_of(2u, head, r, tile.y, c), c);
      dp_b += g * inside(rows_of(2u, head, r + 4u, tile.y, c), c);
    }
    let here = exists(query, tile.w);
    let lse4 = sums4(head, query, tile.w);
    let delta_q = delta4(head, query, tile.w);
    let p_a = where_exists(exp_each(s_a * d.scale, lse4), here, 0.0);
    let p_b = where_exists(exp_each(s_b * d.scale, lse4), here, 0.0);
    let ds_a = times(p_a, mat4x4f(dp_a[0] - delta_q, dp_a[1] - delta_q, dp_a[2] - delta_q, dp_a[3] - delta_q)) * d.scale;
    let ds_b = times(p_b, mat4x4f(dp_b[0] - delta_q, dp_b[1] - delta_q, dp_b[2] - delta_q, dp_b[3] - delta_q)) * d.scale;
    var q = rows_of(0u, head, query, tile.w, chunk); var g = rows_of_dout(head, query, tile.w, chunk);
    a0 += q * ds_a; b0 += q * ds_b; e0 += g * p_a; f0 += g * p_b;
    q = rows_of(0u, head, query, tile.w, chunk + 4u); g = rows_of_dout(head, query, tile.w, chunk + 4u);
    a1 += q * ds_a; b1 += q * ds_b; e1 += g * p_a; f1 += g * p_b;
    q = rows_of(0u, head, query, tile.w, chunk + 8u); g = rows_of_dout(head, query, tile.w, chunk + 8u);
    a2 += q * ds_a; b2 += q * ds_b; e2 += g * p_a; f2 += g * p_b;
    q = rows_of(0u, head, query, tile.w, chunk + 12u); g = rows_of_dout(head, query, tile.w, chunk + 12u);
    a3 += q * ds_a; b3 += q * ds_b; e3 += g * p_a; f3 += g * p_b;
    q = rows_of(0u, head, query, tile.w, chunk + 16u); g = rows_of_dout(head, query, tile.w, chunk + 16u);
    a4 += q * ds_a; b4 += q * ds_b; e4 += g * p_a; f4 += g * p_b;
    q = rows_of(0u, head, query, tile.w, chunk + 20u); g = rows_of_dout(head, query, tile.w, chunk + 20u);
    a5 += q * ds_a; b5 += q * ds_b; e5 += g * p_a; f5 += g * p_b;
    q = rows_of(0u, head, query, tile.w, chunk + 24u); g = rows_of_dout(head, query, tile.w, chunk + 24u);
    a6 += q * ds_a; b6 += q * ds_b; e6 += g * p_a; f6 += g * p_b;
    q = rows_of(0u, head, query, tile.w, chunk + 28u); g = rows_of_dout(head, query, tile.w, chunk + 28u);
    a7 += q * ds_a; b7 += q * ds_b; e7 += g * p_a; f7 += g * p_b;
  }
  var dk = array<mat4x4f, 16>(a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7);
  store_rows(&dk, tile, 1u, head, chunk);
  var dv = array<mat4x4f, 16>(e0, e1, e2, e3, e4, e5, e6, e7, f0, f1, f2, f3, f4, f5, f6, f7);
  store_rows(&dv, tile, 2u, head, chunk);
}

// exp with one subtrahend per value of a column: columns are keys, the four values belong to queries
fn exp_each(s: mat4x4f, minus: vec4f) -> mat4x4f {
  return mat4x4f(exp(s[0] - minus), exp(s[1] - minus), exp(s[2] - minus), exp(s[3] - minus));
}
