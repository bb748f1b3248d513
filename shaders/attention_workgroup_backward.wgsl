// The backward pass of attention_workgroup.wgsl: one kernel for the gradients of queries, one for those of keys and values.
// Formulas in attention.wgsl.

fn dout4(row: u32, head: u32, ch: u32) -> vec4f {
  let i = row * d.H * d.D + head * d.D + ch;
  return select(vec4f(), vec4f(dout[i], dout[i + 1u], dout[i + 2u], dout[i + 3u]), next4(ch) < vec4u(d.D));
}

fn stage_left_dout(head: u32, tile: vec4u, c: u32, local: u32) {
  for (var i = local; i < ROWS * FOURS; i += 64u) {
    let row = tile.x + i / FOURS;
    left[i / FOURS * STEP + i % FOURS] = select(vec4f(), dout4(row, head, c + i % FOURS * 4u), row < tile.y);
  }
}
fn stage_right_dout(head: u32, first: u32, end: u32, c: u32, local: u32) {
  for (var i = local; i < OTHERS * FOURS; i += 64u) {
    let row = first + i / FOURS;
    right[i / FOURS * STEP + i % FOURS] = select(vec4f(), dout4(row, head, c + i % FOURS * 4u), row < end);
  }
}

// Four channels of four rows of dq (0), dk (1) or dv (2), by the invocations of part 0.
fn store(tile: vec4u, which: u32, head: u32, four: u32, ch: u32, part: u32, result: mat4x4f) {
  for (var r = 0u; r < 4u; r++) {
    let row = tile.x + four * 4u + r;
    if (row >= tile.y || part != 0u) { return; }
    let at = (row * 3u + which) * d.H * d.D + head * d.D + ch;
    for (var j = 0u; j < 4u && ch + j < d.D; j++) { dqkv[at + j] = result[r][j]; }
  }
}

@compute @workgroup_size(64)
fn backward_q(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let tile = tiles[group.x];
  let head = group.y;
  let four = local / 16u;
  let other = local % 16u;
  let f = other % FOURS;
  let part = other / FOURS;
  // delta = Σ dout · out of each row: every invocation sums each 16th channel of its four
  let rows = min(next4(tile.x + four * 4u), vec4u(tile.y - 1u));
  var own = vec4f();
  for (var c = other; c < d.D; c += 16u) {
    let i = (rows * d.H + head) * d.D + c;
    own += vec4f(dout[i.x], dout[i.y], dout[i.z], dout[i.w]) * vec4f(vec4<Out>(made[i.x], made[i.y], made[i.z], made[i.w]));
  }
  let drop = sum_of_rows(own, local);
  let at = rows * d.H + head;
  let known = vec4f(sums[at.x], sums[at.y], sums[at.z], sums[at.w]);
  if (other == 0u && group.z == 0u) {
    for (var r = 0u; r < 4u && tile.x + four * 4u + r < tile.y; r++) { delta[at[r]] = drop[r]; }
  }
  var sum = mat4x4f();
  for (var first = tile.z; first < tile.w; first += OTHERS) {
    var s = Scores();
    var dp = Scores();
    for (var c = 0u; c < d.D; c += WIDE) {
      workgroupBarrier();
      stage_left_dout(head, tile, c, local);
      stage_right(2u, head, first, tile.w, c, local);
      workgroupBarrier();
      dp = add(dp, scores(four, other));
      workgroupBarrier();
      stage_left(0u, head, tile, c, local);
      stage_right(1u, head, first, tile.w, c, local);
      workgroupBarrier();
      s = add(s, scores(four, other));
    }
    var ds = Scores();
    if (first + other < tile.w) { ds.a = exp(min(s.a * d.scale - known, vec4f(80.0))) * (dp.a - drop) * d.scale; }
    if (first + other + 16u < tile.w) { ds.b = exp(min(s.b * d.scale - known, vec4f(80.0))) * (dp.b - drop) * d.scale; }
    put_weights(four, other, ds);
    if (d.D > WIDE) {
      workgroupBarrier();
      stage_right(1u, head, first, tile.w, group.z * WIDE, local);
    }
    workgroupBarrier();
    add_weighted(&sum, four, f, part);
  }
  store(tile, 0u, head, four, group.z * WIDE + f * 4u, part, join_parts(sum, four, f, part));
}

// The tile's rows are keys here, the other rows queries: the same products with the two sides exchanged.
@compute @workgroup_size(64)
fn backward_kv(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let tile = tiles[group.x];
  let head = group.y;
  let four = local / 16u;
  let other = local % 16u;
  let f = other % FOURS;
  let part = other / FOURS;
  var dk = mat4x4f();
  var dv = mat4x4f();
  for (var first = tile.z; first < tile.w; first += OTHERS) {
    var s = Scores();
    var dp = Scores();
    for (var c = 0u; c < d.D; c += WIDE) {
      workgroupBarrier();
      stage_left(2u, head, tile, c, local);
      stage_right_dout(head, first, tile.w, c, local);
      workgroupBarrier();
      dp = add(dp, scores(four, other));
      workgroupBarrier();
      stage_left(1u, head, tile, c, local);
      stage_right(0u, head, first, tile.w, c, local);
      workgroupBarrier();
      s = add(s, scores(four, other));
    }
    let query = vec2u(first + other, first + other + 16u);
    let i = min(query, vec2u(tile.w - 1u)) * d.H + head;
    var p = Scores();
    if (query.x < tile.w) { p.a = exp(min(s.a * d.scale - sums[i.x], vec4f(80.0))); }
    if (query.y < tile.w) { p.b = exp(min(s.b * d.scale - sums[i.y], vec4f(80.0))); }
    put_weights(four, other, Scores(p.a * (dp.a - known_delta[i.x]) * d.scale, p.b * (dp.b - known_delta[i.y]) * d.scale));
    if (d.D > WIDE) {
      workgroupBarrier();
      stage_right(0u, head, first, tile.w, group.z * WIDE, local);
    }
    workgroupBarrier();
    add_weighted(&dk, four, f, part);
    workgroupBarrier();
    put_weights(four, other, p);
    stage_right_dout(head, first, tile.w, group.z * WIDE, local);
    workgroupBarrier();
    add_weighted(&dv, four, f, part);
  }
  let channel = group.z * WIDE + f * 4u;
  store(tile, 1u, head, four, channel, part, join_parts(dk, four, f, part));
  store(tile, 2u, head, four, channel, part, join_parts(dv, four, f, part));
}
