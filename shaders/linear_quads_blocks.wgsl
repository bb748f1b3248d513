// What linear_quads.wgsl and linear_quads_backward.wgsl share: operands in blocks of 4 × 4. Appended to both.

// A large tile is 48 rows × 48 columns, a small one 24 × 32: a third of it to compile.
override LARGE: bool = true;
override TALL: u32 = select(24u, 48u, LARGE);
override COLUMNS: u32 = select(2u, 3u, LARGE); // 4 × 4 blocks beside each other

fn share(v: f32) -> vec4f {
  return vec4f(quadBroadcast(v, 0u), quadBroadcast(v, 1u), quadBroadcast(v, 2u), quadBroadcast(v, 3u));
}

// Adds left (4 rows) × right to a row of blocks.
fn add(a: mat4x4f, b0: mat4x4f, b1: mat4x4f, b2: mat4x4f, c0: ptr<function, mat4x4f>, c1: ptr<function, mat4x4f>, c2: ptr<function, mat4x4f>) {
  *c0 += b0 * a;
  *c1 += b1 * a;
  if (LARGE) { *c2 += b2 * a; }
}

// Four rows of a left operand: lane l has loaded k + l of each, the quad shares them.
fn rows4(v: vec4f) -> mat4x4f { return mat4x4f(share(v.x), share(v.y), share(v.z), share(v.w)); }

fn x_left(i: u32, here: bool) -> mat4x4f {
  return rows4(select(vec4f(0.0), vec4f(vec4<In>(x[i], x[i + d.in], x[i + 2u * d.in], x[i + 3u * d.in])), here));
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
fn x4(i: u32) -> vec4f { return vec4f(vec4<In>(x[i], x[i + 1u], x[i + 2u], x[i + 3u])); }

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
