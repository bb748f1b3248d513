// The backward pass of attention_workgroup.wgsl: one kernel for the gradients of queries, one for those of keys and values.
// Formulas in attention.wgsl.

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
