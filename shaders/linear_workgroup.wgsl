// Matrix products of a linear layer for GPUs: y = x Wᵀ + b, and dx = dy W, dW = dyᵀ x, db = Σ dy in one dispatch.
// Formulas and epilogue as in linear.wgsl.
//
// TILE × TILE outputs per workgroup, 4 × 4 for each of its SIDE × SIDE invocations; both operands are staged in workgroup
// memory, 16 k at a time. Whatever lies in memory row by row or column by column, a staged vec4 holds four neighbouring rows
// (of the left operand) or columns (of the right one) at one k: two loads make sixteen multiply-adds. A k is one vec4 longer
// than the tile, so that neighbours in k fall into different banks.
// In the backward pass the row tiles of dx come first, those of dW behind them.

// TILE is appended: 64, or 32, which makes more workgroups of small products. It sizes arrays, which an override must not do: naga,
// the compiler of Firefox, breaks on some of those.
const SIDE = TILE / 4u;
const STEP = SIDE + 1u;
const DEPTH = 16u;
var<workgroup> left: array<vec4f, DEPTH * STEP>; // (DEPTH, STEP)
var<workgroup> right: array<vec4f, DEPTH * STEP>;

// Adds what 16 staged k give to a 4 × 4 block; its columns are rows of the result.
fn multiply(id: vec3u, c: ptr<function, mat4x4f>) {
  for (var k = 0u; k < DEPTH; k++) {
    let a = left[k * STEP + id.y];
    let b = right[k * STEP + id.x];
    *c += mat4x4f(b * a.x, b * a.y, b * a.z, b * a.w);
  }
}

fn four(first: u32) -> vec4u { return vec4u(first, first + 1u, first + 2u, first + 3u); }

// Four rows at one k of an operand whose rows lie along k; zero beyond the matrix.
fn x_rows(m: u32, k: u32) -> vec4f {
  let i = four(m) * d.in + k;
  return select(vec4f(), vec4f(f32(x[i.x]), f32(x[i.y]), f32(x[i.z]), f32(x[i.w])), four(m) < vec4u(select(0u, d.rows, k < d.in)));
}
fn w_rows(n: u32, k: u32) -> vec4f {
  let i = four(n) * d.in + k;
  return select(vec4f(), vec4f(W[i.x], W[i.y], W[i.z], W[i.w]), four(n) < vec4u(select(0u, d.out, k < d.in)));
}
fn dy_rows(m: u32, k: u32) -> vec4f {
  let i = four(m) * d.out + k;
  return select(vec4f(), vec4f(dy[i.x], dy[i.y], dy[i.z], dy[i.w]), four(m) < vec4u(select(0u, d.rows, k < d.out)));
}

// Four columns at one k of an operand whose rows lie across k.
fn w_columns(n: u32, k: u32) -> vec4f {
  let i = k * d.in + n;
  return select(vec4f(), vec4f(W[i], W[i + 1u], W[i + 2u], W[i + 3u]), four(n) < vec4u(select(0u, d.in, k < d.out)));
}
fn dy_columns(m: u32, k: u32) -> vec4f {
  let i = k * d.out + m;
  return select(vec4f(), vec4f(dy[i], dy[i + 1u], dy[i + 2u], dy[i + 3u]), four(m) < vec4u(select(0u, d.out, k < d.rows)));
}
fn x_columns(n: u32, k: u32) -> vec4f {
  let i = k * d.in + n;
  return select(vec4f(), vec4f(f32(x[i]), f32(x[i + 1u]), f32(x[i + 2u]), f32(x[i + 3u])), four(n) < vec4u(select(0u, d.in, k < d.rows)));
}

// What invocation i of a round stages: neighbours read neighbours in memory. (k, four rows or columns)
fn along_k(i: u32) -> vec2u { return vec2u(i % DEPTH, i / DEPTH); }
fn across_k(i: u32) -> vec2u { return vec2u(i / SIDE, i % SIDE); }

@compute @workgroup_size(SIDE, SIDE)
fn forward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let m0 = group.y * TILE;
  let n0 = group.x * TILE;
  var c = mat4x4f();
  for (var k0 = 0u; k0 < d.in; k0 += DEPTH) {
    for (var i = local; i < SIDE * DEPTH; i += SIDE * SIDE) {
      let at = along_k(i);
      left[at.x * STEP + at.y] = x_rows(m0 + at.y * 4u, k0 + at.x);
      right[at.x * STEP + at.y] = w_rows(n0 + at.y * 4u, k0 + at.x);
    }
    workgroupBarrier();
    multiply(id, &c);
    workgroupBarrier();
  }
  for (var i = 0u; i < 4u; i++) { finish(m0 + id.y * 4u + i, n0 + id.x * 4u, c[i]); }
}

@compute @workgroup_size(SIDE, SIDE)
fn backward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let tiles = select(0u, (d.rows + TILE - 1u) / TILE, (d.flags & INPUT_GRADIENT) != 0u);
  let n0 = group.x * TILE;
  var c = mat4x4f();
  if (group.y < tiles) {
    let m0 = group.y * TILE;
    for (var k0 = 0u; k0 < d.out; k0 += DEPTH) {
      for (var i = local; i < SIDE * DEPTH; i += SIDE * SIDE) {
        let along = along_k(i);
        left[along.x * STEP + along.y] = dy_rows(m0 + along.y * 4u, k0 + along.x);
        let across = across_k(i);
        right[across.x * STEP + across.y] = w_columns(n0 + across.y * 4u, k0 + across.x);
      }
      workgroupBarrier();
      multiply(id, &c);
      workgroupBarrier();
    }
    for (var i = 0u; i < 4u; i++) { put_dx(m0 + id.y * 4u + i, n0 + id.x * 4u, c[i]); }
  } else {
    let m0 = (group.y - tiles) * TILE;
    let sums_db = n0 == 0u && id.x == 0u;
    var sums = vec4f();
    for (var k0 = 0u; k0 < d.rows; k0 += DEPTH) {
      for (var i = local; i < SIDE * DEPTH; i += SIDE * SIDE) {
        let at = across_k(i);
        left[at.x * STEP + at.y] = dy_columns(m0 + at.y * 4u, k0 + at.x);
        right[at.x * STEP + at.y] = x_columns(n0 + at.y * 4u, k0 + at.x);
      }
      workgroupBarrier();
      multiply(id, &c);
      if (sums_db) { for (var k = 0u; k < DEPTH; k++) { sums += left[k * STEP + id.y]; } }
      workgroupBarrier();
    }
    for (var i = 0u; i < 4u; i++) {
      let m = m0 + id.y * 4u + i;
      put_dw(m, n0 + id.x * 4u, c[i]);
      if (sums_db && m < d.out && (d.flags & BIAS_GRADIENT) != 0u) {
        if ((d.flags & ADD_DW) != 0u) { db[m] += sums[i]; } else { db[m] = sums[i]; }
      }
    }
  }
}
