// What the three kernels of attention_quads*.wgsl share: results and weights in registers, rows and channels in blocks of
// 4 × 4. Appended to each.

// Rows of a tile: 16, and up to 4 channel blocks; or 8 and up to 2, half as much to compile; or 32 and up to 2: a tile of the
// table and the next one, whose rows share what is loaded.
override ROWS: u32 = 16;
override WIDE: bool = ROWS > 8u;
override TALL: bool = ROWS > 16u;

const STRIDE = 32u; // other rows per turn

var<private> c: array<mat4x4f, 16>; // results: row block r, channel block q at 8 (q % 2) + 4 (q / 2) + r
fn place(q: u32, r: u32) -> u32 { return 8u * (q % 2u) + 4u * (q / 2u) + r; }
var<private> mosts: array<vec4f, 8>; // of the rows of each block: largest score; their lse in the backward pass
var<private> weights: array<vec4f, 64>; // rows of block r for other row j at 8 j + r

fn tile_at(i: u32) -> vec4u {
  if (TALL) {
    let tile = tiles[i];
    if ((tile.x - tile.z) % 32u != 0u) { return vec4u(0u); } // the tile before has these rows too
    return vec4u(tile.x, min(tile.x + 32u, tile.w), tile.z, tile.w);
  }
  if (WIDE) { return tiles[i]; }
  let tile = tiles[i / 2u];
  let first = tile.x + 8u * (i % 2u);
  return vec4u(first, min(first + 8u, tile.y), tile.z, tile.w);
}

fn share(v: f32) -> vec4f {
  return vec4f(quadBroadcast(v, 0u), quadBroadcast(v, 1u), quadBroadcast(v, 2u), quadBroadcast(v, 3u));
}
fn rows4(v: vec4f) -> mat4x4f { return mat4x4f(share(v.x), share(v.y), share(v.z), share(v.w)); }
fn quad_sum(v: vec4f) -> vec4f {
  let pair = v + quadSwapX(v);
  return pair + quadSwapY(pair);
}
fn qkv4(i: u32) -> vec4f { return vec4f(vec4<In>(qkv[i], qkv[i + 1u], qkv[i + 2u], qkv[i + 3u])); }
fn dout4(i: u32) -> vec4f { return vec4f(dout[i], dout[i + 1u], dout[i + 2u], dout[i + 3u]); }

// This lane's channel of four rows of the tile; i is its place in the first.
fn tile_column(i: u32, width: u32) -> vec4f { return vec4f(vec4<In>(qkv[i], qkv[i + width], qkv[i + 2u * width], qkv[i + 3u * width])); }
fn tile_column_of_dout(i: u32, width: u32) -> vec4f { return vec4f(dout[i], dout[i + width], dout[i + 2u * width], dout[i + 3u * width]); }
// Four rows of the tile at channels c … c+3
fn tile_rows(i: u32, width: u32, here: bool) -> mat4x4f { return rows4(select(vec4f(0.0), tile_column(i, width), here)); }

// Where this lane's other rows j … j+3 start; beyond the segment its last row stands in, so that nothing stale is read.
fn lane_rows(first: u32, j: u32, lane: u32, end: u32) -> vec4u {
  let row = first + 4u * j + lane;
  return min(vec4u(row, row + 4u, row + 8u, row + 12u), vec4u(end - 1u));
}
// Channels as columns, this lane's four other rows as values.
fn lane_block(at: vec4u) -> mat4x4f { return transpose(mat4x4f(qkv4(at.x), qkv4(at.y), qkv4(at.z), qkv4(at.w))); }
fn lane_block_of_dout(at: vec4u) -> mat4x4f { return transpose(mat4x4f(dout4(at.x), dout4(at.y), dout4(at.z), dout4(at.w))); }
// Channels beyond D count as zero. Behind the last head of the last row lies what others have left there, and 0 · NaN is NaN:
// zero on the side of the tile alone would not do. (Behind queries and keys lie keys and values of the same row.)
fn inside(block: mat4x4f, ch: u32) -> mat4x4f {
  let zero = vec4f(0.0);
  return mat4x4f(block[0], select(zero, block[1], ch + 1u < d.D), select(zero, block[2], ch + 2u < d.D), select(zero, block[3], ch + 3u < d.D));
}

// Four neighbouring other rows as columns, four channels of this lane as values.
fn channel_block(at: vec4u) -> mat4x4f { return mat4x4f(qkv4(at.x), qkv4(at.y), qkv4(at.z), qkv4(at.w)); }
fn channel_block_of_dout(at: vec4u) -> mat4x4f { return mat4x4f(dout4(at.x), dout4(at.y), dout4(at.z), dout4(at.w)); }
fn next_rows(first: u32, j: u32, end: u32) -> vec4u {
  let row = first + 4u * j;
  return min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(end - 1u));
}

// Puts the scores of row block r with this lane's 8 other rows where they can be indexed.
fn keep(r: u32, low: mat4x4f, high: mat4x4f) {
  let a = transpose(low);
  let b = transpose(high);
  weights[r] = a[0]; weights[8u + r] = a[1];
  weights[16u + r] = a[2]; weights[24u + r] = a[3];
  weights[32u + r] = b[0]; weights[40u + r] = b[1];
  weights[48u + r] = b[2]; weights[56u + r] = b[3];
}

// c += weights × values for four other rows, of which the first is 4 j behind the first of the turn; at: their channels.
fn add_weighted(j: u32, at: vec4u) {
  let w0 = rows4(weights[8u * j]); let w1 = rows4(weights[8u * j + 1u]);
  var w2 = mat4x4f(); var w3 = mat4x4f();
  if (WIDE) { w2 = rows4(weights[8u * j + 2u]); w3 = rows4(weights[8u * j + 3u]); }
  var w4 = mat4x4f(); var w5 = mat4x4f(); var w6 = mat4x4f(); var w7 = mat4x4f();
  if (TALL) {
    w4 = rows4(weights[8u * j + 4u]); w5 = rows4(weights[8u * j + 5u]);
    w6 = rows4(weights[8u * j + 6u]); w7 = rows4(weights[8u * j + 7u]);
  }
  {
    let v = channel_block(at);
    c[0] += v * w0; c[1] += v * w1;
    if (WIDE) { c[2] += v * w2; c[3] += v * w3; }
    if (TALL) { c[4] += v * w4; c[5] += v * w5; c[6] += v * w6; c[7] += v * w7; }
  }
  if (d.blocks > 1u) {
    let v = channel_block(at + 4u);
    c[8] += v * w0; c[9] += v * w1;
    if (WIDE) { c[10] += v * w2; c[11] += v * w3; }
    if (TALL) { c[12] += v * w4; c[13] += v * w5; c[14] += v * w6; c[15] += v * w7; }
  }
  if (WIDE && !TALL && d.blocks > 2u) { let v = channel_block(at + 8u); c[4] += v * w0; c[5] += v * w1; c[6] += v * w2; c[7] += v * w3; }
  if (WIDE && !TALL && d.blocks > 3u) { let v = channel_block(at + 12u); c[12] += v * w0; c[13] += v * w1; c[14] += v * w2; c[15] += v * w3; }
}

// Four channels of a row of dqkv, as far as they are of this head.
fn store4(row: u32, channel: u32, end: u32, v: vec4f) {
  for (var j = 0u; j < 4u && channel + j < end; j++) { dqkv[row + channel + j] = v[j]; }
}
