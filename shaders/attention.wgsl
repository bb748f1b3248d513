// Multi-head self-attention within segments of packed rows. The N × N matrix is never stored: the forward pass keeps the
// log-sum-exp of every row and head, the backward pass makes the probabilities again from it.
//
//   S = q kᵀ / √D,  P = softmax(S) = exp(S - lse),  out = P v
//   backward_q    delta = Σ dout · out,  dP = dout vᵀ,  dS = P (dP - delta) / √D,  dq = dS k
//   backward_kv   dv = Pᵀ dout,  dk = dSᵀ q
//
//   qkv, dqkv (rows, 3 H D) = q | k | v, each (H, D)     out, dout (rows, H D)     lse, delta (rows, H)
//   tiles (n, 4) = first row, end row (at most 16 rows), first row and end row of the segment they lie in
//
// One invocation: half a tile, 8 rows, × one head × 32 of the D output channels; it walks over the other rows of the
// segment four at a time. No barrier. In a 4 × 4 block a column belongs to one row of the tile.

@compute @workgroup_size(16)
fn forward(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= 2u * d.tiles) { return; }
  let tile = half_tile(id.x);
  if (tile.x >= tile.y) { return; }
  let head = id.y;
  let chunk = id.z * CHUNK;
  let r = tile.x;
  var most_a = vec4f(LOW); var most_b = vec4f(LOW);
  var total_a = vec4f(); var total_b = vec4f();
  var a0 = mat4x4f(); var a1 = mat4x4f(); var a2 = mat4x4f(); var a3 = mat4x4f();
  var a4 = mat4x4f(); var a5 = mat4x4f(); var a6 = mat4x4f(); var a7 = mat4x4f();
  var b0 = mat4x4f(); var b1 = mat4x4f(); var b2 = mat4x4f(); var b3 = mat4x4f();
  var b4 = mat4x4f(); var b5 = mat4x4f(); var b6 = mat4x4f(); var b7 = mat4x4f();
  for (var key = tile.z; key < tile.w; key += 4u) {
    var s_a = mat4x4f();
    var s_b = mat4x4f();
    for (var c = 0u; c < d.D; c += 4u) {
      let k = transpose(inside(rows_of(1u, head, key, tile.w, c), c));
      s_a += k * inside(rows_of(0u, head, r, tile.y, c), c);
      s_b += k * inside(rows_of(0u, head, r + 4u, tile.y, c), c);
    }
    let here = exists(key, tile.w);
    s_a = where_exists(s_a * d.scale, here, LOW);
    s_b = where_exists(s_b * d.scale, here, LOW);
    let higher_a = max(most_a, columns_max(s_a));
    let higher_b = max(most_b, columns_max(s_b));
    let shrink_a = exp(most_a - higher_a);
    let shrink_b = exp(most_b - higher_b);
    let p_a = exp_block(s_a, higher_a);
    let p_b = exp_block(s_b, higher_b);
    total_a = total_a * shrink_a + columns_sum(p_a);
    total_b = total_b * shrink_b + columns_sum(p_b);
    most_a = higher_a;
    most_b = higher_b;
    var v = rows_of(2u, head, key, tile.w, chunk);
    a0 = scaled(a0, shrink_a) + v * p_a; b0 = scaled(b0, shrink_b) + v * p_b;
    v = rows_of(2u, head, key, tile.w, chunk + 4u);
    a1 = scaled(a1, shrink_a) + v * p_a; b1 = scaled(b1, shrink_b) + v * p_b;
    v = rows_of(2u, head, key, tile.w, chunk + 8u);
    a2 = scaled(a2, shrink_a) + v * p_a; b2 = scaled(b2, shrink_b) + v * p_b;
    v = rows_of(2u, head, key, tile.w, chunk + 12u);
    a3 = scaled(a3, shrink_a) + v * p_a; b3 = scaled(b3, shrink_b) + v * p_b;
    v = rows_of(2u, head, key, tile.w, chunk + 16u);
    a4 = scaled(a4, shrink_a) + v * p_a; b4 = scaled(b4, shrink_b) + v * p_b;
    v = rows_of(2u, head, key, tile.w, chunk + 20u);
    a5 = scaled(a5, shrink_a) + v * p_a; b5 = scaled(b5, shrink_b) + v * p_b;
    v = rows_of(2u, head, key, tile.w, chunk + 24u);
    a6 = scaled(a6, shrink_a) + v * p_a; b6 = scaled(b6, shrink_b) + v * p_b;
    v = rows_of(2u, head, key, tile.w, chunk + 28u);
    a7 = scaled(a7, shrink_a) + v * p_a; b7 = scaled(b7, shrink_b) + v * p_b;
  }
  var result = array<mat4x4f, 16>(a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7);
  for (var i = 0u; i < 8u; i++) {
    let row = r + i;
    if (row >= tile.y) { break; }
    let total = select(total_a[i % 4u], total_b[i % 4u], i >= 4u);
    let most = select(most_a[i % 4u], most_b[i % 4u], i >= 4u);
    for (var c = 0u; c < CHUNK && chunk + c < d.D; c++) {
      out[row * d.H * d.D + head * d.D + chunk + c] = Out(result[(i / 4u) * 8u + c / 4u][i % 4u][c % 4u] / total);
    }
    if (chunk == 0u) { lse[row * d.H + head] = most + log(total); }
  }
}
