// What attention.wgsl and attention_backward.wgsl share: rows of a segment in blocks of 4 × 4. Appended to both.

const CHUNK = 32u;

// The upper or lower 8 rows of a tile; empty where a tile has no more than 8.
fn half_tile(i: u32) -> vec4u {
  let tile = tiles[i / 2u];
  let first = tile.x + 8u * (i % 2u);
  return vec4u(first, min(first + 8u, tile.y), tile.z, tile.w);
}

fn qkv4(i: u32) -> vec4f { return vec4f(vec4<In>(qkv[i], qkv[i + 1u], qkv[i + 2u], qkv[i + 3u])); }
fn dout4(i: u32) -> vec4f { return vec4f(dout[i], dout[i + 1u], dout[i + 2u], dout[i + 3u]); }

// Four consecutive channels of rows r … r+3 of qkv; part 0, 1, 2 is q, k, v. Rows stop at `end`.
fn rows_of(part: u32, head: u32, r: u32, end: u32, c: u32) -> mat4x4f {
  let width = d.H * d.D;
  let i = part * width + head * d.D + c;
  let top = end - 1u;
  return mat4x4f(
    qkv4(min(r, top) * 3u * width + i), qkv4(min(r + 1u, top) * 3u * width + i),
    qkv4(min(r + 2u, top) * 3u * width + i), qkv4(min(r + 3u, top) * 3u * width + i),
  );
}

fn rows_of_dout(head: u32, r: u32, end: u32, c: u32) -> mat4x4f {
  let width = d.H * d.D;
  let i = head * d.D + c;
  let top = end - 1u;
  return mat4x4f(
    dout4(min(r, top) * width + i), dout4(min(r + 1u, top) * width + i),
    dout4(min(r + 2u, top) * width + i), dout4(min(r + 3u, top) * width + i),
  );
}

// Channels beyond D count as zero; one factor of a product is enough.
fn inside(block: mat4x4f, c: u32) -> mat4x4f {
  if (c + 4u <= d.D) { return block; }
  let counts = vec4u(c, c + 1u, c + 2u, c + 3u) < vec4u(d.D);
  let zero = vec4f(0.0);
  return mat4x4f(select(zero, block[0], counts), select(zero, block[1], counts), select(zero, block[2], counts), select(zero, block[3], counts));
}

fn scaled(block: mat4x4f, by: vec4f) -> mat4x4f {
  return mat4x4f(block[0] * by.x, block[1] * by.y, block[2] * by.z, block[3] * by.w);
}

fn times(a: mat4x4f, b: mat4x4f) -> mat4x4f {
  return mat4x4f(a[0] * b[0], a[1] * b[1], a[2] * b[2], a[3] * b[3]);
}

fn exp_block(s: mat4x4f, minus: vec4f) -> mat4x4f {
  return mat4x4f(exp(s[0] - minus.x), exp(s[1] - minus.y), exp(s[2] - minus.z), exp(s[3] - minus.w));
}

fn sum4(v: vec4f) -> f32 { return (v.x + v.y) + (v.z + v.w); }
fn max4(v: vec4f) -> f32 { return max(max(v.x, v.y), max(v.z, v.w)); }
fn columns_sum(s: mat4x4f) -> vec4f { return vec4f(sum4(s[0]), sum4(s[1]), sum4(s[2]), sum4(s[3])); }
fn columns_max(s: mat4x4f) -> vec4f { return vec4f(max4(s[0]), max4(s[1]), max4(s[2]), max4(s[3])); }

// Which of rows r … r+3 exist, as a mask on the four values of each column.
fn exists(r: u32, end: u32) -> vec4<bool> {
  return vec4u(r, r + 1u, r + 2u, r + 3u) < vec4u(end);
}

fn where_exists(block: mat4x4f, here: vec4<bool>, otherwise: f32) -> mat4x4f {
  let o = vec4f(otherwise);
  return mat4x4f(select(o, block[0], here), select(o, block[1], here), select(o, block[2], here), select(o, block[3], here));
}
