enable f16;
enable subgroups;
enable chromium_experimental_subgroup_matrix;
// Which subgroup works on which quarter depends on its number alone, which the analysis of uniformity cannot know.
diagnostic(off, chromium.subgroup_matrix_uniformity);

// The backward pass of linear_matrix.wgsl, in one dispatch: the row tiles of dx come first, those of dW behind them.
//
// Gradients are small: those of a block are multiplied by the power of two that brings the largest of them near 2^14, and the
// sums divided by it, so that only what is 2^38 times smaller than the largest is lost.

// The exponent s for which largest · 2^s lies in [2^14, 2^15).
fn exponent_for(largest: f32) -> i32 { return min(141 - i32((bitcast<u32>(largest) >> 23u) & 255u), 126); }

fn power_of_two(s: i32) -> f32 { return bitcast<f32>(u32(s + 127) << 23u); }

// The largest value of all threads. Uses the front of `sums`, one element for every subgroup.
fn largest_of_all(place: Place, own: f32) -> f32 {
  let most = subgroupMax(own);
  sums[place.subgroup] = most; // the same value from every lane
  workgroupBarrier();
  var largest = 0.0;
  for (var i = 0u; i < place.subgroups; i++) { largest = max(largest, sums[i]); }
  workgroupBarrier();
  return largest;
}

@compute @workgroup_size(4u * MOST_LANES)
fn backward(@builtin(workgroup_id) group: vec3u, place: Place) {
  let tiles = select(0u, (d.rows + TILE - 1u) / TILE, (d.flags & INPUT_GRADIENT) != 0u);
  let n0 = group.x * TILE;
  if (group.y < tiles) { input_gradient(place, group.y * TILE, n0); } else { weight_gradient(place, (group.y - tiles) * TILE, n0); }
}

fn input_gradient(place: Place, m0: u32, n0: u32) {
  let threads = 4u * MOST_LANES;
  var own = 0.0;
  for (var i = m0 * d.out + place.local; i < min(m0 + TILE, d.rows) * d.out; i += threads) { own = max(own, abs(dy[i])); }
  let exponent = exponent_for(largest_of_all(place, own));
  let scale = power_of_two(exponent);
  let unscale = power_of_two(-exponent);
  var c: array<Sum, SUMS>;
  for (var k0 = 0u; k0 < d.out; k0 += DEPTH) {
    for (var i = place.local; i < TILE * DEPTH; i += threads) {
      let m = m0 + i / DEPTH;
      let k = k0 + i % DEPTH;
      left[i] = select(0h, f16(dy[m * d.out + k] * scale), k < d.out && m < d.rows);
      let n = n0 + i % TILE;
      let j = k0 + i / TILE;
      right[i] = select(0h, f16(W[j * d.in + n]), j < d.out && n < d.in);
    }
    workgroupBarrier();
    multiply(&c, place.subgroup, false, true);
    workgroupBarrier();
  }
  for (var i = 0u; i < ACROSS; i++) {
    lay_out(&c, place.subgroup, i);
    for (var four = place.local; four < FOURS; four += threads) {
      let at = place_of(four, i);
      put_dx(m0 + at.x, n0 + at.y, four_sums(four) * unscale);
    }
    workgroupBarrier();
  }
}

fn weight_gradient(place: Place, m0: u32, n0: u32) {
  let threads = 4u * MOST_LANES;
  let parts = max(1u, threads / TILE); // threads that share a column of dy
  let part = place.local / TILE;
  var own = 0.0;
  for (var column = place.local % TILE; column < TILE; column += threads) {
    var sum = 0.0;
    for (var k = part; k < d.rows && m0 + column < d.out; k += parts) {
      let v = dy[k * d.out + m0 + column];
      own = max(own, abs(v));
      sum += v;
    }
    sums[TILE + part * TILE + column] = sum; // behind what largest_of_all uses
  }
  let exponent = exponent_for(largest_of_all(place, own));
  let scale = power_of_two(exponent);
  let unscale = power_of_two(-exponent);
  if (n0 == 0u && (d.flags & BIAS_GRADIENT) != 0u) {
    for (var column = place.local; column < TILE && m0 + column < d.out; column += threads) {
      var sum = 0.0;
      for (var i = 0u; i < parts; i++) { sum += sums[TILE + i * TILE + column]; }
      if ((d.flags & ADD_DW) != 0u) { db[m0 + column] += sum; } else { db[m0 + column] = sum; }
    }
  }
  var c: array<Sum, SUMS>;
  for (var k0 = 0u; k0 < d.rows; k0 += DEPTH) {
    for (var i = place.local; i < TILE * DEPTH; i += threads) {
      let k = k0 + i / TILE;
      let m = m0 + i % TILE;
      let n = n0 + i % TILE;
      left[i] = select(0h, f16(dy[k * d.out + m] * scale), k < d.rows && m < d.out);
      right[i] = select(0h, f16(x[k * d.in + n]), k < d.rows && n < d.in);
    }
    workgroupBarrier();
    multiply(&c, place.subgroup, true, true);
    workgroupBarrier();
  }
  for (var i = 0u; i < ACROSS; i++) {
    lay_out(&c, place.subgroup, i);
    for (var four = place.local; four < FOURS; four += threads) {
      let at = place_of(four, i);
      put_dw(m0 + at.x, n0 + at.y, four_sums(four) * unscale);
    }
    workgroupBarrier();
  }
}
