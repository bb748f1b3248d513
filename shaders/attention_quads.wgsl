enable subgroups;
// Multi-head self-attention within segments of packed rows, for adapters that pay for loads, not for registers (software).
// Formulas and shapes as in attention.wgsl; nothing of size N × N is stored.
//
// A quad (four lanes, the whole workgroup) owns a tile of up to 16 rows of one head (half of it or, of narrow heads, twice as
// many) and walks over the other rows of the segment 32 at a time, in two turns:
//
//   scores    lane l has other rows 4 j + l, j = 0 … 7. Values of the tile's rows are the same for all lanes: each lane
//             loads one of four channels, the quad shares them.
//   weighted  lane l has channels 4 BLOCKS l … of the result. The weights of row 4 j + l come from lane l, by sharing.
//
// In a 4 × 4 block a column belongs to one row of the tile. Everything is written out, because an array that is indexed
// at run time costs as much as memory; only the 32 rows of weights lie in one.

var<private> totals: array<vec4f, 8>; // of the rows of each block: Σ exp
var<private> shrinks: array<vec4f, 8>; // and what the largest score changed it by

fn quad_max(v: vec4f) -> vec4f {
  let pair = max(v, quadSwapX(v));
  return max(pair, quadSwapY(pair));
}
fn shrink(q: u32, by: vec4f) {
  let s = c[q];
  c[q] = mat4x4f(s[0] * by.x, s[1] * by.y, s[2] * by.z, s[3] * by.w);
}
// Every row of the result by its own factor.
fn shrink_all() {
  let by0 = shrinks[0]; let by1 = shrinks[1]; let by2 = shrinks[2]; let by3 = shrinks[3];
  let by4 = shrinks[4]; let by5 = shrinks[5]; let by6 = shrinks[6]; let by7 = shrinks[7];
  shrink(0u, by0); shrink(1u, by1); shrink(8u, by0); shrink(9u, by1);
  if (WIDE) { shrink(2u, by2); shrink(3u, by3); shrink(10u, by2); shrink(11u, by3); }
  if (WIDE && !TALL) { shrink(4u, by0); shrink(5u, by1); shrink(6u, by2); shrink(7u, by3); }
  if (WIDE && !TALL) { shrink(12u, by0); shrink(13u, by1); shrink(14u, by2); shrink(15u, by3); }
  if (TALL) { shrink(4u, by4); shrink(5u, by5); shrink(6u, by6); shrink(7u, by7); }
  if (TALL) { shrink(12u, by4); shrink(13u, by5); shrink(14u, by6); shrink(15u, by7); }
}

@compute @workgroup_size(4)
fn forward(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let tile = tile_at(group.x);
  if (tile.x >= tile.y) { return; }
  let width = d.H * d.D;
  let head = group.y * d.D;
  let channel = head + (group.z * 4u + lane) * 4u * d.blocks;
  for (var r = 0u; r < ROWS / 4u; r++) { mosts[r] = vec4f(LOW); }
  for (var first = tile.z; first < tile.w; first += STRIDE) {
    var s00 = mat4x4f(); var s01 = mat4x4f(); var s10 = mat4x4f(); var s11 = mat4x4f();
    var s20 = mat4x4f(); var s21 = mat4x4f(); var s30 = mat4x4f(); var s31 = mat4x4f();
    var s40 = mat4x4f(); var s41 = mat4x4f(); var s50 = mat4x4f(); var s51 = mat4x4f();
    var s60 = mat4x4f(); var s61 = mat4x4f(); var s70 = mat4x4f(); var s71 = mat4x4f();
    let low_at = lane_rows(first, 0u, lane, tile.w) * 3u * width + width + head;
    let high_at = lane_rows(first, 4u, lane, tile.w) * 3u * width + width + head;
    for (var ch = 0u; ch < d.D; ch += 4u) {
      let here = ch + lane < d.D;
      let low = lane_block(low_at + ch);
      let high = lane_block(high_at + ch);
      let i = tile.x * 3u * width + head + ch + lane;
      let q0 = tile_rows(i, 3u * width, here);
      s00 += low * q0; s01 += high * q0;
      let q1 = tile_rows(i + 12u * width, 3u * width, here);
      s10 += low * q1; s11 += high * q1;
      if (WIDE) {
        let q2 = tile_rows(i + 24u * width, 3u * width, here);
        s20 += low * q2; s21 += high * q2;
        let q3 = tile_rows(i + 36u * width, 3u * width, here);
        s30 += low * q3; s31 += high * q3;
      }
      if (TALL) {
        let q4 = tile_rows(i + 48u * width, 3u * width, here);
        s40 += low * q4; s41 += high * q4;
        let q5 = tile_rows(i + 60u * width, 3u * width, here);
        s50 += low * q5; s51 += high * q5;
        let q6 = tile_rows(i + 72u * width, 3u * width, here);
        s60 += low * q6; s61 += high * q6;
        let q7 = tile_rows(i + 84u * width, 3u * width, here);
        s70 += low * q7; s71 += high * q7;
      }
    }
    keep(0u, s00, s01); keep(1u, s10, s11); if (WIDE) { keep(2u, s20, s21); keep(3u, s30, s31); }
    if (TALL) { keep(4u, s40, s41); keep(5u, s50, s51); keep(6u, s60, s61); keep(7u, s70, s71); }
    // Loops, because 128 exponentials written out are no faster and a fifth more to compile.
    for (var r = 0u; r < ROWS / 4u; r++) {
      var highest = vec4f(LOW);
      for (var j = 0u; j < 8u; j++) {
        let s = select(vec4f(LOW), weights[8u * j + r] * d.scale, first + 4u * j + lane < tile.w);
        weights[8u * j + r] = s;
        highest = max(highest, s);
      }
      let most = mosts[r];
      highest = max(most, quad_max(highest));
      let by = exp(most - highest);
      var total = totals[r] * by;
      for (var j = 0u; j < 8u; j++) {
        let p = exp(weights[8u * j + r] - highest);
        weights[8u * j + r] = p;
        total += p;
      }
      totals[r] = total;
      mosts[r] = highest;
      shrinks[r] = by;
    }
    shrink_all();
    for (var j = 0u; j < 8u && first + 4u * j < tile.w; j++) {
      let at = next_rows(first, j, tile.w) * 3u * width + 2u * width + channel;
      add_weighted(j, at);
    }
  }
  for (var r = 0u; r < ROWS / 4u; r++) {
    let total = quad_sum(totals[r]);
    shrinks[r] = 1.0 / total;
    weights[r] = mosts[r] + log(total);
  }
  shrink_all();
  for (var r = 0u; r < ROWS && tile.x + r < tile.y; r++) {
    let row = tile.x + r;
    for (var q = 0u; q < d.blocks; q++) {
      let v = c[place(q, r / 4u)][r % 4u];
      for (var j = 0u; j < 4u && channel + 4u * q + j < head + d.D; j++) { out[row * width + channel + 4u * q + j] = Out(v[j]); }
    }
    if (lane == 0u && group.z == 0u) { lse[row * d.H + group.y] = weights[r / 4u][r % 4u]; }
  }
}
