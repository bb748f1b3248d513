// Multi-head self-attention within segments of packed rows, for GPUs. Formulas and shapes as in attention.wgsl; nothing of
// size N × N is stored.
//
// A workgroup of 64 owns a tile of up to 16 rows of one head and walks over the other rows of the segment 16 at a time.
// Both sides are staged in workgroup memory, 64 channels at a time. Invocation (row, part) = (local / 4, local % 4) makes
// the scores of its row with four other rows, and 16 channels of the result of its row.

const ROWS = 16u;
const WIDE = 64u; // channels staged at a time
const STEP = 65u; // row length in workgroup memory: one more, so that rows fall into different banks
const EDGE = 17u;

var<workgroup> left: array<f32, 1040>; // (16, 65) rows of the tile
var<workgroup> right: array<f32, 1040>; // other rows
var<workgroup> weights: array<f32, 272>; // (16, 17)
var<workgroup> slopes: array<f32, 272>;

// Copies 64 channels from c on of 16 rows from `first` on; what lies beyond the rows or channels is zero.
fn stage_left(part: u32, head: u32, first: u32, end: u32, c: u32, local: u32) {
  for (var i = local; i < ROWS * WIDE; i += 64u) {
    let row = first + i / WIDE;
    let ch = c + i % WIDE;
    left[(i / WIDE) * STEP + i % WIDE] = select(0.0, f32(qkv[(row * 3u + part) * d.H * d.D + head * d.D + ch]), row < end && ch < d.D);
  }
}
fn stage_right(part: u32, head: u32, first: u32, end: u32, c: u32, local: u32) {
  for (var i = local; i < ROWS * WIDE; i += 64u) {
    let row = first + i / WIDE;
    let ch = c + i % WIDE;
    right[(i / WIDE) * STEP + i % WIDE] = select(0.0, f32(qkv[(row * 3u + part) * d.H * d.D + head * d.D + ch]), row < end && ch < d.D);
  }
}
fn stage_left_dout(head: u32, first: u32, end: u32, c: u32, local: u32) {
  for (var i = local; i < ROWS * WIDE; i += 64u) {
    let row = first + i / WIDE;
    let ch = c + i % WIDE;
    left[(i / WIDE) * STEP + i % WIDE] = select(0.0, dout[row * d.H * d.D + head * d.D + ch], row < end && ch < d.D);
  }
}
fn stage_right_dout(head: u32, first: u32, end: u32, c: u32, local: u32) {
  for (var i = local; i < ROWS * WIDE; i += 64u) {
    let row = first + i / WIDE;
    let ch = c + i % WIDE;
    right[(i / WIDE) * STEP + i % WIDE] = select(0.0, dout[row * d.H * d.D + head * d.D + ch], row < end && ch < d.D);
  }
}

// This row of the tile · four other rows, over the staged channels
fn products(row: u32, part: u32) -> vec4f {
  var s = vec4f();
  let j = part * 4u * STEP;
  for (var c = 0u; c < WIDE; c++) {
    s += left[row * STEP + c] * vec4f(right[j + c], right[j + STEP + c], right[j + 2u * STEP + c], right[j + 3u * STEP + c]);
  }
  return s;
}

// Four channels of other row j, staged
fn right4(j: u32, c: u32) -> vec4f {
  let i = j * STEP + c;
  return vec4f(right[i], right[i + 1u], right[i + 2u], right[i + 3u]);
}

fn others(first: u32, part: u32) -> vec4u { return vec4u(0u, 1u, 2u, 3u) + first + part * 4u; }

@compute @workgroup_size(64)
fn forward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let tile = tiles[group.x];
  let head = group.y;
  let row = local / 4u;
  let part = local % 4u;
  var most = LOW;
  var total = 0.0;
  var a0 = vec4f(); var a1 = vec4f(); var a2 = vec4f(); var a3 = vec4f();
  for (var first = tile.z; first < tile.w; first += ROWS) {
    var s = vec4f();
    for (var c = 0u; c < d.D; c += WIDE) {
      workgroupBarrier();
      stage_left(0u, head, tile.x, tile.y, c, local);
      stage_right(1u, head, first, tile.w, c, local);
      workgroupBarrier();
      s += products(row, part);
    }
    s = select(vec4f(LOW), s * d.scale, others(first, part) < vec4u(tile.w));
    for (var j = 0u; j < 4u; j++) { slopes[row * EDGE + part * 4u + j] = s[j]; }
    workgroupBarrier();
    var higher = most;
    for (var j = 0u; j < ROWS; j++) { higher = max(higher, slopes[row * EDGE + j]); }
    let p = exp(s - higher);
    for (var j = 0u; j < 4u; j++) { weights[row * EDGE + part * 4u + j] = p[j]; }
    stage_right(2u, head, first, tile.w, group.z * WIDE, local);
    workgroupBarrier();
    let shrink = exp(most - higher);
    most = higher;
    total *= shrink;
    a0 *= shrink; a1 *= shrink; a2 *= shrink; a3 *= shrink;
    for (var j = 0u; j < ROWS; j++) {
      let w = weights[row * EDGE + j];
      total += w;
      a0 += w * right4(j, part * 16u); a1 += w * right4(j, part * 16u + 4u);
      a2 += w * right4(j, part * 16u + 8u); a3 += w * right4(j, part * 16u + 12u);
    }
  }
  if (tile.x + row >= tile.y) { return; }
  let at = (tile.x + row) * d.H * d.D + head * d.D;
  let result = array<vec4f, 4>(a0, a1, a2, a3);
  for (var i = 0u; i < 16u; i++) {
    let ch = group.z * WIDE + part * 16u + i;
    if (ch < d.D) { out[at + ch] = Out(result[i / 4u][i % 4u] / total); }
  }
  if (part == 0u && group.z == 0u) { lse[(tile.x + row) * d.H + head] = most + log(total); }
}

@compute @workgroup_size(64)
fn backward_q(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let tile = tiles[group.x];
  let head = group.y;
  let row = local / 4u;
  let part = local % 4u;
  // delta = Σ dout · out of this row: each of its four invocations sums every fourth channel
  let at = min(tile.x + row, tile.y - 1u) * d.H * d.D + head * d.D;
  var own = 0.0;
  for (var c = part; c < d.D; c += 4u) { own += dout[at + c] * f32(made[at + c]); }
  slopes[local] = own;
  workgroupBarrier();
  let sum = slopes[row * 4u] + slopes[row * 4u + 1u] + slopes[row * 4u + 2u] + slopes[row * 4u + 3u];
  let known = sums[min(tile.x + row, tile.y - 1u) * d.H + head];
  if (part == 0u && group.z == 0u && tile.x + row < tile.y) { delta[(tile.x + row) * d.H + head] = sum; }
  var a0 = vec4f(); var a1 = vec4f(); var a2 = vec4f(); var a3 = vec4f();
  for (var first = tile.z; first < tile.w; first += ROWS) {
    var s = vec4f();
    var dp = vec4f();
    for (var c = 0u; c < d.D; c += WIDE) {
      workgroupBarrier();
      stage_left(0u, head, tile.x, tile.y, c, local);
      stage_right(1u, head, first, tile.w, c, local);
      workgroupBarrier();
      s += products(row, part);
      workgroupBarrier();
      stage_left_dout(head, tile.x, tile.y, c, local);
      stage_right(2u, head, first, tile.w, c, local);
      workgroupBarrier();
      dp += products(row, part);
    }
    let p = select(vec4f(0.0), exp(min(s * d.scale - known, vec4f(80.0))), others(first, part) < vec4u(tile.w));
    let ds = p * (dp - sum) * d.scale;
    workgroupBarrier();
    for (var j = 0u; j < 4u; j++) { weights[row * EDGE + part * 4u + j] = ds[j]; }
    stage_right(1u, head, first, tile.w, group.z * WIDE, local);
    workgroupBarrier();
    for (var j = 0u; j < ROWS; j++) {
      let w = weights[row * EDGE + j];
      a0 += w * right4(j, part * 16u); a1 += w * right4(j, part * 16u + 4u);
      a2 += w * right4(j, part * 16u + 8u); a3 += w * right4(j, part * 16u + 12u);
    }
  }
  store(tile, row, head, 0u, group.z * WIDE + part * 16u, array<vec4f, 4>(a0, a1, a2, a3));
}

fn store(tile: vec4u, row: u32, head: u32, part: u32, channel: u32, result: array<vec4f, 4>) {
  if (tile.x + row >= tile.y) { return; }
  var v = result;
  let at = ((tile.x + row) * 3u + part) * d.H * d.D + head * d.D;
  for (var i = 0u; i < 16u && channel + i < d.D; i++) { dqkv[at + channel + i] = v[i / 4u][i % 4u]; }
}

// The tile's rows are keys here, the other rows queries: the same products with the two sides exchanged.
@compute @workgroup_size(64)
fn backward_kv(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let tile = tiles[group.x];
  let head = group.y;
  let row = local / 4u;
  let part = local % 4u;
  var a0 = vec4f(); var a1 = vec4f(); var a2 = vec4f(); var a3 = vec4f(); // dk
  var b0 = vec4f(); var b1 = vec4f(); var b2 = vec4f(); var b3 = vec4f(); // dv
  for (var first = tile.z; first < tile.w; first += ROWS) {
    var s = vec4f();
    var dp = vec4f();
    for (var c = 0u; c < d.D; c += WIDE) {
      workgroupBarrier();
      stage_left(1u, head, tile.x, tile.y, c, local);
      stage_right(0u, head, first, tile.w, c, local);
      workgroupBarrier();
      s += products(row, part);
      workgroupBarrier();
      stage_left(2u, head, tile.x, tile.y, c, local);
      stage_right_dout(head, first, tile.w, c, local);
      workgroupBarrier();
      dp += products(row, part);
    }
    let query = others(first, part);
    let i = min(query, vec4u(tile.w - 1u)) * d.H + head;
    let known = vec4f(sums[i.x], sums[i.y], sums[i.z], sums[i.w]);
    let drop = vec4f(known_delta[i.x], known_delta[i.y], known_delta[i.z], known_delta[i.w]);
    let p = select(vec4f(0.0), exp(min(s * d.scale - known, vec4f(80.0))), query < vec4u(tile.w));
    let ds = p * (dp - drop) * d.scale;
    workgroupBarrier();
    for (var j = 0u; j < 4u; j++) {
      weights[row * EDGE + part * 4u + j] = p[j];
      slopes[row * EDGE + part * 4u + j] = ds[j];
    }
    stage_right(0u, head, first, tile.w, group.z * WIDE, local);
    workgroupBarrier();
    for (var j = 0u; j < ROWS; j++) {
      let w = slopes[row * EDGE + j];
      a0 += w * right4(j, part * 16u); a1 += w * right4(j, part * 16u + 4u);
      a2 += w * right4(j, part * 16u + 8u); a3 += w * right4(j, part * 16u + 12u);
    }
    workgroupBarrier();
    stage_right_dout(head, first, tile.w, group.z * WIDE, local);
    workgroupBarrier();
    for (var j = 0u; j < ROWS; j++) {
      let w = weights[row * EDGE + j];
      b0 += w * right4(j, part * 16u); b1 += w * right4(j, part * 16u + 4u);
      b2 += w * right4(j, part * 16u + 8u); b3 += w * right4(j, part * 16u + 12u);
    }
  }
  store(tile, row, head, 1u, group.z * WIDE + part * 16u, array<vec4f, 4>(a0, a1, a2, a3));
  store(tile, row, head, 2u, group.z * WIDE + part * 16u, array<vec4f, 4>(b0, b1, b2, b3));
}
