enable subgroups;
// The gradients of queries, and the sums of dout · out that attention_quads_backward_kv.wgsl needs. Tiled as
// attention_quads.wgsl. Formulas in attention.wgsl.

// weights *= (dP - minus) scale for row block r, minus per row of the tile
fn slope_rows(r: u32, low: mat4x4f, high: mat4x4f, minus: vec4f) {
  let a = transpose(low);
  let b = transpose(high);
  let m = minus;
  weights[r] *= (a[0] - m) * d.scale; weights[8u + r] *= (a[1] - m) * d.scale;
  weights[16u + r] *= (a[2] - m) * d.scale; weights[24u + r] *= (a[3] - m) * d.scale;
  weights[32u + r] *= (b[0] - m) * d.scale; weights[40u + r] *= (b[1] - m) * d.scale;
  weights[48u + r] *= (b[2] - m) * d.scale; weights[56u + r] *= (b[3] - m) * d.scale;
}

// Σ dout · out over the channels of a head, for four rows of the tile
fn delta_rows(i: u32, width: u32, here: bool) -> vec4f {
  let v = vec4f(
    dout[i] * f32(made[i]), dout[i + width] * f32(made[i + width]),
    dout[i + 2u * width] * f32(made[i + 2u * width]), dout[i + 3u * width] * f32(made[i + 3u * width]),
  );
  return select(vec4f(0.0), v, here);
}

// A number per row and head of the tile's rows r … r+3
fn sums4(row: u32, head: u32) -> vec4f {
  let i = row * d.H + head;
  return vec4f(sums[i], sums[i + d.H], sums[i + 2u * d.H], sums[i + 3u * d.H]);
}

@compute @workgroup_size(4)
fn backward_q(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let tile = tile_at(group.x);
  if (tile.x >= tile.y) { return; }
  let width = d.H * d.D;
  let head = group.y * d.D;
  let channel = head + (group.z * 4u + lane) * 4u * d.blocks;
  for (var r = 0u; r < ROWS / 4u; r++) { mosts[r] = sums4(tile.x + 4u * r, group.y); }
  var delta0 = vec4f(); var delta1 = vec4f(); var delta2 = vec4f(); var delta3 = vec4f();
  var delta4 = vec4f(); var delta5 = vec4f(); var delta6 = vec4f(); var delta7 = vec4f();
  for (var ch = lane; ch < d.D; ch += 4u) {
    let i = tile.x * width + head + ch;
    delta0 += delta_rows(i, width, true); delta1 += delta_rows(i + 4u * width, width, true);
    if (WIDE) { delta2 += delta_rows(i + 8u * width, width, true); delta3 += delta_rows(i + 12u * width, width, true); }
    if (TALL) {
      delta4 += delta_rows(i + 16u * width, width, true); delta5 += delta_rows(i + 20u * width, width, true);
      delta6 += delta_rows(i + 24u * width, width, true); delta7 += delta_rows(i + 28u * width, width, true);
    }
  }
  delta0 = quad_sum(delta0); delta1 = quad_sum(delta1); delta2 = quad_sum(delta2); delta3 = quad_sum(delta3);
  if (TALL) {
    delta4 = quad_sum(delta4); delta5 = quad_sum(delta5); delta6 = quad_sum(delta6); delta7 = quad_sum(delta7);
  }
  if (lane == 0u && group.z == 0u) {
    weights[0] = delta0; weights[1] = delta1; weights[2] = delta2; weights[3] = delta3;
    if (TALL) { weights[4] = delta4; weights[5] = delta5; weights[6] = delta6; weights[7] = delta7; }
    for (var r = 0u; r < ROWS && tile.x + r < tile.y; r++) { delta[(tile.x + r) * d.H + group.y] = weights[r / 4u][r % 4u]; }
  }
  for (var first = tile.z; first < tile.w; first += STRIDE) {
    var s00 = mat4x4f(); var s01 = mat4x4f(); var s10 = mat4x4f(); var s11 = mat4x4f();
    var s20 = mat4x4f(); var s21 = mat4x4f(); var s30 = mat4x4f(); var s31 = mat4x4f();
    var s40 = mat4x4f(); var s41 = mat4x4f(); var s50 = mat4x4f(); var s51 = mat4x4f();
    var s60 = mat4x4f(); var s61 = mat4x4f(); var s70 = mat4x4f(); var s71 = mat4x4f();
    let low_at = lane_rows(first, 0u, lane, tile.w) * 3u * width + width + head;
    let high_at = lane_rows(first, 4u, lane, tile.w) * 3u * width + width + head;
    // turn 0: q · k; turn 1: dout · v. One piece of code, so that it is compiled once.
    for (var turn = 0u; turn < 2u; turn++) {
      for (var ch = 0u; ch < d.D; ch += 4u) {
        let here = ch + lane < d.D;
        var low = lane_block(low_at + turn * width + ch);
        var high = lane_block(high_at + turn * width + ch);
        if (ch + 4u > d.D) { low = inside(low, ch); high = inside(high, ch); }
        var v0 = vec4f(); var v1 = vec4f(); var v2 = vec4f(); var v3 = vec4f();
        var v4 = vec4f(); var v5 = vec4f(); var v6 = vec4f(); var v7 = vec4f();
        if (turn == 0u) {
          let i = tile.x * 3u * width + head + ch + lane;
          v0 = tile_column(i, 3u * width); v1 = tile_column(i + 12u * width, 3u * width);
          if (WIDE) { v2 = tile_column(i + 24u * width, 3u * width); v3 = tile_column(i + 36u * width, 3u * width); }
          if (TALL) {
            v4 = tile_column(i + 48u * width, 3u * width); v5 = tile_column(i + 60u * width, 3u * width);
            v6 = tile_column(i + 72u * width, 3u * width); v7 = tile_column(i + 84u * width, 3u * width);
          }
        } else {
          let i = tile.x * width + head + ch + lane;
          v0 = tile_column_of_dout(i, width); v1 = tile_column_of_dout(i + 4u * width, width);
          if (WIDE) { v2 = tile_column_of_dout(i + 8u * width, width); v3 = tile_column_of_dout(i + 12u * width, width); }
          if (TALL) {
            v4 = tile_column_of_dout(i + 16u * width, width); v5 = tile_column_of_dout(i + 20u * width, width);
            v6 = tile_column_of_dout(i + 24u * width, width); v7 = tile_column_of_dout(i + 28u * width, width);
          }
        }
        let zero = vec4f(0.0);
        let r0 = rows4(select(zero, v0, here)); s00 += low * r0; s01 += high * r0;
        let r1 = rows4(select(zero, v1, here)); s10 += low * r1; s11 += high * r1;
        if (WIDE) {
          let r2 = rows4(select(zero, v2, here)); s20 += low * r2; s21 += high * r2;
          let r3 = rows4(select(zero, v3, here)); s30 += low * r3; s31 += high * r3;
        }
        if (TALL) {
          let r4 = rows4(select(zero, v4, here)); s40 += low * r4; s41 += high * r4;
          let r5 = rows4(select(zero, v5, here)); s50 += low * r5; s51 += high * r5;
          let r6 = rows4(select(zero, v6, here)); s60 += low * r6; s61 += high * r6;
          let r7 = rows4(select(zero, v7, here)); s70 += low * r7; s71 += high * r7;
        }
      }
      if (turn == 0u) {
        keep(0u, s00, s01); keep(1u, s10, s11); if (WIDE) { keep(2u, s20, s21); keep(3u, s30, s31); }
        if (TALL) { keep(4u, s40, s41); keep(5u, s50, s51); keep(6u, s60, s61); keep(7u, s70, s71); }
        for (var r = 0u; r < ROWS / 4u; r++) {
          let minus = mosts[r];
          for (var j = 0u; j < 8u; j++) {
            let p = exp(weights[8u * j + r] * d.scale - minus);
            weights[8u * j + r] = select(vec4f(0.0), p, first + 4u * j + lane < tile.w);
          }
        }
        s00 = mat4x4f(); s01 = mat4x4f(); s10 = mat4x4f(); s11 = mat4x4f();
        s20 = mat4x4f(); s21 = mat4x4f(); s30 = mat4x4f(); s31 = mat4x4f();
        s40 = mat4x4f(); s41 = mat4x4f(); s50 = mat4x4f(); s51 = mat4x4f();
        s60 = mat4x4f(); s61 = mat4x4f(); s70 = mat4x4f(); s71 = mat4x4f();
      }
    }
    slope_rows(0u, s00, s01, delta0); slope_rows(1u, s10, s11, delta1);
    if (WIDE) { slope_rows(2u, s20, s21, delta2); slope_rows(3u, s30, s31, delta3); }
    if (TALL) {
      slope_rows(4u, s40, s41, delta4); slope_rows(5u, s50, s51, delta5);
      slope_rows(6u, s60, s61, delta6); slope_rows(7u, s70, s71, delta7);
    }
    for (var j = 0u; j < 8u && first + 4u * j < tile.w; j++) {
      let at = next_rows(first, j, tile.w) * 3u * width + width + channel;
      add_weighted(j, at);
    }
  }
  for (var r = 0u; r < ROWS && tile.x + r < tile.y; r++) {
    for (var q = 0u; q < d.blocks; q++) { store4((tile.x + r) * 3u * width, channel + 4u * q, head + d.D, c[place(q, r / 4u)][r % 4u]); }
  }
}
