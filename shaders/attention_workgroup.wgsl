// Multi-head self-attention within segments of packed rows, for GPUs. Formulas and shapes as in attention.wgsl; nothing of
// size N × N is stored.
//
// A workgroup of 64 owns a tile of up to 16 rows of one head and walks over the other rows of the segment 32 at a time.
// Both sides are staged in workgroup memory, WIDE channels at a time, four in a vec4. Invocation (four, other) = (local / 16,
// local % 16) makes the scores of rows 4 · four … + 3 of the tile with the other rows `other` and `other` + 16: six loads for 32
// multiply-adds. Of the result it makes four channels of the same rows: two loads for 16. Where the channels are too few for all,
// `part` says which of the other rows an invocation sums over.

@compute @workgroup_size(64)
fn forward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let tile = tiles[group.x];
  let head = group.y;
  let four = local / 16u;
  let other = local % 16u;
  let f = other % FOURS;
  let part = other / FOURS;
  var most = vec4f(LOW);
  var total = vec4f(); // of this invocation's other rows
  var sum = mat4x4f();
  for (var first = tile.z; first < tile.w; first += OTHERS) {
    var s = Scores();
    for (var c = 0u; c < d.D; c += WIDE) {
      workgroupBarrier();
      if (first == tile.z || d.D > WIDE) { stage_left(0u, head, tile, c, local); }
      stage_right(1u, head, first, tile.w, c, local);
      workgroupBarrier();
      s = add(s, scores(four, other));
    }
    s.a = select(vec4f(LOW), s.a * d.scale, first + other < tile.w);
    s.b = select(vec4f(LOW), s.b * d.scale, first + other + 16u < tile.w);
    each[local] = max(s.a, s.b);
    workgroupBarrier();
    var higher = most;
    for (var i = 0u; i < 16u; i++) { higher = max(higher, each[four * 16u + i]); }
    let p = Scores(exp(s.a - higher), exp(s.b - higher));
    put_weights(four, other, p);
    stage_right(2u, head, first, tile.w, group.z * WIDE, local);
    workgroupBarrier();
    let shrink = exp(most - higher);
    most = higher;
    total = total * shrink + p.a + p.b;
    sum = mat4x4f(sum[0] * shrink.x, sum[1] * shrink.y, sum[2] * shrink.z, sum[3] * shrink.w);
    add_weighted(&sum, four, f, part);
  }
  let whole = sum_of_rows(total, local);
  let result = join_parts(sum, four, f, part);
  for (var r = 0u; r < 4u; r++) {
    let row = tile.x + four * 4u + r;
    if (row >= tile.y) { return; }
    let ch = group.z * WIDE + f * 4u;
    let at = row * d.H * d.D + head * d.D + ch;
    for (var j = 0u; j < 4u && ch + j < d.D && part == 0u; j++) { out[at + j] = Out(result[r][j] / whole[r]); }
    if (other == 0u && group.z == 0u) { lse[row * d.H + head] = most[r] + log(whole[r]); }
  }
}
