// Matrix products of a linear layer, y = x Wᵀ + b, and of its backward pass:
//
//   forward   C (M rows, N out)  = A (M, K)  · B (N, K)ᵀ     A = x,  B = W       then the epilogue
//   dx        C (M rows, N in)   = A (M, K)  · B (K, N)      A = dy, B = W       dx = dy W
//   dw        C (M out, N in)    = A (K, M)ᵀ · B (K, N)      A = dy, B = x       dW = dyᵀ x, db = Σ rows of dy
//
// Epilogue, in this order: + bias, store as pre and GELU, + residual (its rows may be looked up), · GELU'(pre), + old C.
//
// 16 × 16 outputs per invocation in sixteen 4 × 4 register blocks, no barrier, no feature: one invocation reads 32 values
// per k and makes 256 multiply-adds of them. linear_quads.wgsl is the faster twin where there are subgroups,
// linear_workgroup.wgsl the one for GPUs.
//
// In a 4 × 4 block a[m] is a column and holds four k, b[k] is a column and holds four n, so c += b * a has columns c[m].

struct Dims {
  M: u32,
  N: u32,
  K: u32,
  flags: u32, // see below
}

const BIAS = 1u;
const GELU = 2u;
const RESIDUAL = 4u;
const LOOKUP = 8u; // residual row = rows[m]
const ADD = 16u;
const GELU_SLOPE = 32u;
const BIAS_GRADIENT = 64u; // dw only

override A_TRANSPOSED: bool = false; // A is stored (K, M)
override B_TRANSPOSED: bool = false; // B is stored (N, K)

@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read> A: array<f32>;
@group(0) @binding(2) var<storage, read> B: array<f32>;
@group(0) @binding(3) var<storage, read_write> C: array<f32>;
@group(0) @binding(4) var<storage, read> bias: array<f32>;
@group(0) @binding(5) var<storage, read> residual: array<f32>;
@group(0) @binding(6) var<storage, read> rows: array<u32>;
@group(0) @binding(7) var<storage, read_write> pre: array<f32>;
@group(0) @binding(8) var<storage, read_write> dbias: array<f32>;

fn four_of_a(i: u32) -> vec4f {
  return vec4f(A[i], A[i + 1u], A[i + 2u], A[i + 3u]);
}

fn four_of_b(i: u32) -> vec4f {
  return vec4f(B[i], B[i + 1u], B[i + 2u], B[i + 3u]);
}

// Rows m … m+3 of A at k … k+3. Rows beyond M repeat the last one (they are never stored).
fn block_a(m: u32, k: u32) -> mat4x4f {
  if (A_TRANSPOSED) {
    let i = k * d.M + min(m, d.M - 1u);
    return transpose(mat4x4f(four_of_a(i), four_of_a(i + d.M), four_of_a(i + 2u * d.M), four_of_a(i + 3u * d.M)));
  }
  let top = d.M - 1u;
  return mat4x4f(
    four_of_a(min(m, top) * d.K + k),
    four_of_a(min(m + 1u, top) * d.K + k),
    four_of_a(min(m + 2u, top) * d.K + k),
    four_of_a(min(m + 3u, top) * d.K + k),
  );
}

// Columns n … n+3 of the right-hand side at k … k+3.
fn block_b(n: u32, k: u32) -> mat4x4f {
  if (B_TRANSPOSED) {
    let top = d.N - 1u;
    return transpose(mat4x4f(
      four_of_b(min(n, top) * d.K + k),
      four_of_b(min(n + 1u, top) * d.K + k),
      four_of_b(min(n + 2u, top) * d.K + k),
      four_of_b(min(n + 3u, top) * d.K + k),
    ));
  }
  let i = k * d.N + min(n, d.N - 1u);
  return mat4x4f(four_of_b(i), four_of_b(i + d.N), four_of_b(i + 2u * d.N), four_of_b(i + 3u * d.N));
}

// What does not count of the last four k is zero on both sides; select, because stale memory may hold NaN.
fn keep_k(block: mat4x4f, counts: vec4<bool>) -> mat4x4f {
  let zero = vec4f(0.0);
  return mat4x4f(
    select(zero, block[0], counts), select(zero, block[1], counts), select(zero, block[2], counts), select(zero, block[3], counts),
  );
}

// One value of the epilogue's row m at columns n … n+3, written where it lies inside the matrix.
fn finish(m: u32, n: u32, sum: vec4f) {
  if (m >= d.M || n >= d.N) { return; }
  let i = m * d.N + n;
  let count = min(4u, d.N - n);
  var v = sum;
  if ((d.flags & BIAS) != 0u) { v += vec4f(bias[n], bias[n + 1u], bias[n + 2u], bias[n + 3u]); }
  if ((d.flags & GELU) != 0u) {
    for (var j = 0u; j < count; j++) { pre[i + j] = v[j]; }
    v = gelu4(v);
  }
  if ((d.flags & RESIDUAL) != 0u) {
    var r = m;
    if ((d.flags & LOOKUP) != 0u) { r = rows[m]; }
    r = r * d.N + n;
    v += vec4f(residual[r], residual[r + 1u], residual[r + 2u], residual[r + 3u]);
  }
  if ((d.flags & GELU_SLOPE) != 0u) { v *= gelu_slope4(vec4f(pre[i], pre[i + 1u], pre[i + 2u], pre[i + 3u])); }
  if ((d.flags & ADD) != 0u) { v += vec4f(C[i], C[i + 1u], C[i + 2u], C[i + 3u]); }
  if (count == 4u) {
    C[i] = v.x; C[i + 1u] = v.y; C[i + 2u] = v.z; C[i + 3u] = v.w;
  } else {
    for (var j = 0u; j < count; j++) { C[i + j] = v[j]; }
  }
}

@compute @workgroup_size(4, 4)
fn product(@builtin(global_invocation_id) id: vec3u) {
  let m = id.y * 16u;
  let n = id.x * 16u;
  if (m >= d.M || n >= d.N) { return; }
  var c00 = mat4x4f(); var c01 = mat4x4f(); var c02 = mat4x4f(); var c03 = mat4x4f();
  var c10 = mat4x4f(); var c11 = mat4x4f(); var c12 = mat4x4f(); var c13 = mat4x4f();
  var c20 = mat4x4f(); var c21 = mat4x4f(); var c22 = mat4x4f(); var c23 = mat4x4f();
  var c30 = mat4x4f(); var c31 = mat4x4f(); var c32 = mat4x4f(); var c33 = mat4x4f();
  var s = mat4x4f(); // sums of A over k, for the bias gradient
  let sums = A_TRANSPOSED && n == 0u && (d.flags & BIAS_GRADIENT) != 0u;
  for (var k = 0u; k < d.K; k += 4u) {
    // The last step slides back to stay inside and masks what has been counted.
    let from_k = select(k, d.K - 4u, k + 4u > d.K && d.K >= 4u);
    var a0 = block_a(m, from_k); var a1 = block_a(m + 4u, from_k); var a2 = block_a(m + 8u, from_k); var a3 = block_a(m + 12u, from_k);
    var b0 = block_b(n, from_k); var b1 = block_b(n + 4u, from_k); var b2 = block_b(n + 8u, from_k); var b3 = block_b(n + 12u, from_k);
    if (k + 4u > d.K) {
      let at = vec4u(from_k, from_k + 1u, from_k + 2u, from_k + 3u);
      let counts = (at >= vec4u(k)) & (at < vec4u(d.K));
      a0 = keep_k(a0, counts); a1 = keep_k(a1, counts); a2 = keep_k(a2, counts); a3 = keep_k(a3, counts);
      b0 = transpose(keep_k(transpose(b0), counts)); b1 = transpose(keep_k(transpose(b1), counts));
      b2 = transpose(keep_k(transpose(b2), counts)); b3 = transpose(keep_k(transpose(b3), counts));
    }
    if (sums) {
      let one = vec4f(1.0);
      s += mat4x4f(one * a0, one * a1, one * a2, one * a3);
    }
    c00 += b0 * a0; c01 += b1 * a0; c02 += b2 * a0; c03 += b3 * a0;
    c10 += b0 * a1; c11 += b1 * a1; c12 += b2 * a1; c13 += b3 * a1;
    c20 += b0 * a2; c21 += b1 * a2; c22 += b2 * a2; c23 += b3 * a2;
    c30 += b0 * a3; c31 += b1 * a3; c32 += b2 * a3; c33 += b3 * a3;
  }
  var c = array<mat4x4f, 16>(c00, c01, c02, c03, c10, c11, c12, c13, c20, c21, c22, c23, c30, c31, c32, c33);
  for (var block = 0u; block < 16u; block++) {
    for (var i = 0u; i < 4u; i++) { finish(m + (block / 4u) * 4u + i, n + (block % 4u) * 4u, c[block][i]); }
  }
  if (sums) {
    for (var i = 0u; i < 16u; i++) {
      if (m + i < d.M) {
        var v = s[i / 4u][i % 4u];
        if ((d.flags & ADD) != 0u) { v += dbias[m + i]; }
        dbias[m + i] = v;
      }
    }
  }
}
