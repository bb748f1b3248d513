// Matrix products of a linear layer for GPUs: y = x Wᵀ + b, and dx = dy W, dW = dyᵀ x, db = Σ dy in one dispatch.
// Formulas and epilogue as in linear.wgsl.
//
// 64 × 64 outputs per workgroup of 256, 4 × 4 each; both operands are staged in 8 KiB of workgroup memory, 16 k at a time.
// In the backward pass the row tiles of dx come first, those of dW behind them.

const TILE = 64u;
const DEPTH = 16u;
var<workgroup> left: array<f32, 1024>; // (DEPTH, TILE)
var<workgroup> right: array<f32, 1024>;

// The part of a 4 × 4 block that one step of 16 k adds; columns of the block are rows of the result.
fn multiply(id: vec3u) -> mat4x4f {
  var c = mat4x4f();
  for (var k = 0u; k < DEPTH; k++) {
    let i = k * TILE + id.y * 4u;
    let j = k * TILE + id.x * 4u;
    let b = vec4f(right[j], right[j + 1u], right[j + 2u], right[j + 3u]);
    c += mat4x4f(b * left[i], b * left[i + 1u], b * left[i + 2u], b * left[i + 3u]);
  }
  return c;
}

@compute @workgroup_size(16, 16)
fn forward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let m0 = group.y * TILE;
  let n0 = group.x * TILE;
  var c = mat4x4f();
  for (var k0 = 0u; k0 < d.in; k0 += DEPTH) {
    for (var i = local; i < TILE * DEPTH; i += 256u) {
      let k = k0 + i % DEPTH; // neighbours in the workgroup read neighbours in memory
      let at = (i % DEPTH) * TILE + i / DEPTH;
      let m = m0 + i / DEPTH;
      let n = n0 + i / DEPTH;
      left[at] = select(0.0, f32(x[m * d.in + k]), k < d.in && m < d.rows);
      right[at] = select(0.0, W[n * d.in + k], k < d.in && n < d.out);
    }
    workgroupBarrier();
    c += multiply(id);
    workgroupBarrier();
  }
  for (var i = 0u; i < 4u; i++) { finish(m0 + id.y * 4u + i, n0 + id.x * 4u, c[i]); }
}

@compute @workgroup_size(16, 16)
fn backward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let tiles = select(0u, (d.rows + TILE - 1u) / TILE, (d.flags & INPUT_GRADIENT) != 0u);
  let n0 = group.x * TILE;
  if (group.y < tiles) {
    let m0 = group.y * TILE;
    var c = mat4x4f();
    for (var k0 = 0u; k0 < d.out; k0 += DEPTH) {
      for (var i = local; i < TILE * DEPTH; i += 256u) {
        let m = m0 + i / DEPTH;
        let k = k0 + i % DEPTH;
        left[(i % DEPTH) * TILE + i / DEPTH] = select(0.0, dy[m * d.out + k], k < d.out && m < d.rows);
        let n = n0 + i % TILE;
        let j = k0 + i / TILE;
        right[i] = select(0.0, W[j * d.in + n], j < d.out && n < d.in);
      }
      workgroupBarrier();
      c += multiply(id);
      workgroupBarrier();
    }
    for (var i = 0u; i < 4u; i++) { put_dx(m0 + id.y * 4u + i, n0 + id.x * 4u, c[i]); }
  } else {
    let m0 = (group.y - tiles) * TILE;
    var c = mat4x4f();
    var sums = vec4f();
    for (var k0 = 0u; k0 < d.rows; k0 += DEPTH) {
      for (var i = local; i < TILE * DEPTH; i += 256u) {
        let k = k0 + i / TILE;
        let m = m0 + i % TILE;
        let n = n0 + i % TILE;
        left[i] = select(0.0, dy[k * d.out + m], k < d.rows && m < d.out);
        right[i] = select(0.0, f32(x[k * d.in + n]), k < d.rows && n < d.in);
      }
      workgroupBarrier();
      c += multiply(id);
      if (n0 == 0u && id.x == 0u) {
        for (var k = 0u; k < DEPTH; k++) {
          let i = k * TILE + id.y * 4u;
          sums += vec4f(left[i], left[i + 1u], left[i + 2u], left[i + 3u]);
        }
      }
      workgroupBarrier();
    }
    for (var i = 0u; i < 4u; i++) {
      let m = m0 + id.y * 4u + i;
      put_dw(m, n0 + id.x * 4u, c[i]);
      if (n0 == 0u && id.x == 0u && m < d.out && (d.flags & BIAS_GRADIENT) != 0u) {
        if ((d.flags & ADD_DW) != 0u) { db[m] += sums[i]; } else { db[m] = sums[i]; }
      }
    }
  }
}
