enable subgroups;
// The gradients of keys and values, tiled as attention_quads.wgsl: the tile's rows are keys here, the other rows queries, the
// same products as in attention_quads_backward_q.wgsl with the two sides exchanged. Formulas in attention.wgsl.

var<private> e: array<mat4x4f, 16>; // dv, placed as c, which is dk

// delta of this lane's other rows
fn lane_deltas(rows: vec4u, head: u32) -> vec4f {
  let i = rows * d.H + head;
  return vec4f(known_delta[i.x], known_delta[i.y], known_delta[i.z], known_delta[i.w]);
}

// weights *= (dP - delta) scale for row block r; dP has the tile's rows as columns
fn slopes4(r: u32, low: mat4x4f, high: mat4x4f, low_delta: vec4f, high_delta: vec4f) {
  let a = transpose(low);
  let b = transpose(high);
  weights[r] *= (a[0] - low_delta.x) * d.scale; weights[8u + r] *= (a[1] - low_delta.y) * d.scale;
  weights[16u + r] *= (a[2] - low_delta.z) * d.scale; weights[24u + r] *= (a[3] - low_delta.w) * d.scale;
  weights[32u + r] *= (b[0] - high_delta.x) * d.scale; weights[40u + r] *= (b[1] - high_delta.y) * d.scale;
  weights[48u + r] *= (b[2] - high_delta.z) * d.scale; weights[56u + r] *= (b[3] - high_delta.w) * d.scale;
}

@compute @workgroup_size(4)
fn backward_kv(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let tile = tile_at(group.x);
  if (tile.x >= tile.y) { return; }
  let width = d.H * d.D;
  let head = group.y * d.D;
  let channel = head + (group.z * 4u + lane) * 4u * d.blocks;
  for (var first = tile.z; first < tile.w; first += STRIDE) {
    var s00 = mat4x4f(); var s01 = mat4x4f(); var s10 = mat4x4f(); var s11 = mat4x4f();
    var s20 = mat4x4f(); var s21 = mat4x4f(); var s30 = mat4x4f(); var s31 = mat4x4f();
    var s40 = mat4x4f(); var s41 = mat4x4f(); var s50 = mat4x4f(); var s51 = mat4x4f();
    var s60 = mat4x4f(); var s61 = mat4x4f(); var s70 = mat4x4f(); var s71 = mat4x4f();
    let low_rows = lane_rows(first, 0u, lane, tile.w);
    let high_rows = lane_rows(first, 4u, lane, tile.w);
    // turn 0: k · q; turn 1: v · dout
    for (var turn = 0u; turn < 2u; turn++) {
      for (var ch = 0u; ch < d.D; ch += 4u) {
        let here = ch + lane < d.D;
        var low = mat4x4f();
        var high = mat4x4f();
        if (turn == 0u) {
          low = lane_block(low_rows * 3u * width + head + ch);
          high = lane_block(high_rows * 3u * width + head + ch);
        } else {
          low = lane_block_of_dout(low_rows * width + head + ch);
          high = lane_block_of_dout(high_rows * width + head + ch);
        }
        if (ch + 4u > d.D) { low = inside(low, ch); high = inside(high, ch); }
        let i = tile.x * 3u * width + (turn + 1u) * width + head + ch + lane;
        let r0 = tile_rows(i, 3u * width, here);
        s00 += low * r0; s01 += high * r0;
        let r1 = tile_rows(i + 12u * width, 3u * width, here);
        s10 += low * r1; s11 += high * r1;
        if (WIDE) {
          let r2 = tile_rows(i + 24u * width, 3u * width, here);
          s20 += low * r2; s21 += high * r2;
          let r3 = tile_rows(i + 36u * width, 3u * width, here);
          s30 += low * r3; s31 += high * r3;
        }
        if (TALL) {
          let r4 = tile_rows(i + 48u * width, 3u * width, here);
          s40 += low * r4; s41 += high * r4;
          let r5 = tile_rows(i + 60u * width, 3u * width, here);
          s50 += low * r5; s51 += high * r5;
          let r6 = tile_rows(i + 72u * width, 3u * width, here);
          s60 += low * r6; s61 += high * r6;
          let r7 = tile_rows(i + 84u * width, 3u * width, here);
          s70 += low * r7; s71 += high * r7;
        }
      }
      if (turn == 0u) {
        keep(0u, s00, s01); keep(1u, s10, s11); if (WIDE) { keep(2u, s20, s21); keep(3u, s30, s31); }
        if (TALL) { keep(4u, s40, s41); keep(5u, s50, s51); keep(6u, s60, s61); keep(7u, s70, s71); }
        for (var j = 0u; j < 8u; j++) {
          let row = min(first + 4u * j + lane, tile.w - 1u);
          let minus = sums[row * d.H + group.y];
          let here = first + 4u * j + lane < tile.w;
          for (var r = 0u; r < ROWS / 4u; r++) { weights[8u * j + r] = select(vec4f(0.0), exp(weights[8u * j + r] * d.scale - minus), here); }
        }
        for (var j = 0u; j < 8u && first + 4u * j < tile.w; j++) {
          let at = next_rows(first, j, tile.w) * width + channel;
          let w0 = rows4(weights[8u * j]); let w1 = rows4(weights[8u * j + 1u]);
          var w2 = mat4x4f(); var w3 = mat4x4f();
          if (WIDE) { w2 = rows4(weights[8u * j + 2u]); w3 = rows4(weights[8u * j + 3u]); }
          var w4 = mat4x4f(); var w5 = mat4x4f(); var w6 = mat4x4f(); var w7 = mat4x4f();
          if (TALL) {
            w4 = rows4(weights[8u * j + 4u]); w5 = rows4(weights[8u * j + 5u]);
            w6 = rows4(weights[8u * j + 6u]); w7 = rows4(weights[8u * j + 7u]);
          }
          {
            let v = channel_block_of_dout(at);
            e[0] += v * w0; e[1] += v * w1;
            if (WIDE) { e[2] += v * w2; e[3] += v * w3; }
            if (TALL) { e[4] += v * w4; e[5] += v * w5; e[6] += v * w6; e[7] += v * w7; }
          }
          if (d.blocks > 1u) {
            let v = channel_block_of_dout(at + 4u);
            e[8] += v * w0; e[9] += v * w1;
            if (WIDE) { e[10] += v * w2; e[11] += v * w3; }
            if (TALL) { e[12] += v * w4; e[13] += v * w5; e[14] += v * w6; e[15] += v * w7; }
          }
          if (WIDE && !TALL && d.blocks > 2u) { let v = channel_block_of_dout(at + 8u); e[4] += v * w0; e[5] += v * w1; e[6] += v * w2; e[7] += v * w3; }
          if (WIDE && !TALL && d.blocks > 3u) { let v = channel_block_of_dout(at + 12u); e[12] += v * w0; e[13] += v * w1; e[14] += v * w2; e[15] += v * w3; }
        }
        s00 = mat4x4f(); s01 = mat4x4f(); s10 = mat4x4f(); s11 = mat4x4f();
        s20 = mat4x4f(); s21 = mat4x4f(); s30 = mat4x4f(); s31 = mat4x4f();
        s40 = mat4x4f(); s41 = mat4x4f(); s50 = mat4x4f(); s51 = mat4x4f();
        s60 = mat4x4f(); s61 = mat4x4f(); s70 = mat4x4f(); s71 = mat4x4f();
      }
    }
    // dS = P (dP - delta) / √D, in place of the weights
    let low_delta = lane_deltas(low_rows, group.y);
    let high_delta = lane_deltas(high_rows, group.y);
    slopes4(0u, s00, s01, low_delta, high_delta); slopes4(1u, s10, s11, low_delta, high_delta);
    if (WIDE) { slopes4(2u, s20, s21, low_delta, high_delta); slopes4(3u, s30, s31, low_delta, high_delta); }
    if (TALL) {
      slopes4(4u, s40, s41, low_delta, high_delta); slopes4(5u, s50, s51, low_delta, high_delta);
      slopes4(6u, s60, s61, low_delta, high_delta); slopes4(7u, s70, s71, low_delta, high_delta);
    }
    for (var j = 0u; j < 8u && first + 4u * j < tile.w; j++) {
      let at = next_rows(first, j, tile.w) * 3u * width + channel;
      add_weighted(j, at);
    }
  }
  for (var r = 0u; r < ROWS && tile.x + r < tile.y; r++) {
    for (var q = 0u; q < d.blocks; q++) {
      let at = (tile.x + r) * 3u * width;
      store4(at + width, channel + 4u * q, head + d.D, c[place(q, r / 4u)][r % 4u]);
      store4(at + 2u * width, channel + 4u * q, head + d.D, e[place(q, r / 4u)][r % 4u]);
    }
  }
}
