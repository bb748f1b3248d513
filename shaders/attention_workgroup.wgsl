// Multi-head self-attention within segments of packed rows, for GPUs. Formulas and shapes as in attention.wgsl; nothing of
// size N × N is stored.
//
// A workgroup of 64 owns a tile of up to 16 rows of one head and walks over the other rows of the segment 16 at a time.
// Both sides are staged in workgroup memory, 64 channels at a time. Invocation (row, part) = (local / 4, local % 4) makes
// the scores of its row with four other rows, and 16 channels of the result of its row.

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
