enable f16;
enable subgroups;
enable chromium_experimental_subgroup_matrix;
// Which subgroup works on which quarter depends on its number alone, which the analysis of uniformity cannot know.
diagnostic(off, chromium.subgroup_matrix_uniformity);

// Matrix products of a linear layer by subgroup matrices: y = x Wᵀ + b, and dx = dy W, dW = dyᵀ x, db = Σ dy in one dispatch.
// Operands are rounded to half precision, sums are single. Formulas as in linear.wgsl; EDGE is that of matrix_*.wgsl.
//
// 64 × 64 outputs per workgroup, a quarter for each of its first four subgroups; both operands are staged, 32 k at a time.
// Gradients are small: those of a block are multiplied by the power of two that brings the largest of them near 2^14, and the
// sums divided by it, so that only what is 2^38 times smaller than the largest is lost.
// In the backward pass the row tiles of dx come first, those of dW behind them.

override MOST_LANES: u32; // of a subgroup, set by gpu/kernel.ts

const TILE = 64u;
const DEPTH = 32u;
const QUARTER = TILE / 2u; // its edge
const ACROSS = QUARTER / EDGE; // matrices along it
const SUMS = ACROSS * ACROSS;

alias Left = subgroup_matrix_left<f16, EDGE, EDGE>;
alias Right = subgroup_matrix_right<f16, EDGE, EDGE>;
alias Sum = subgroup_matrix_result<f32, EDGE, EDGE>;

var<workgroup> left: array<f16, 2048>; // (TILE, DEPTH), or for dW (DEPTH, TILE)
var<workgroup> right: array<f16, 2048>; // (DEPTH, TILE), or forward (TILE, DEPTH)
var<workgroup> sums: array<f32, 4u * EDGE * QUARTER>; // of a row of matrices in every quarter: (4, EDGE, QUARTER)

// A thread's, within its workgroup.
struct Place {
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(num_subgroups) subgroups: u32,
}

fn left_at(m: u32, k: u32, by_k: bool) -> Left {
  if (by_k) { return subgroupMatrixLoad<Left, col_major>(&left, k * TILE + m, TILE); }
  return subgroupMatrixLoad<Left, row_major>(&left, m * DEPTH + k, DEPTH);
}

fn right_at(k: u32, n: u32, by_k: bool) -> Right {
  if (by_k) { return subgroupMatrixLoad<Right, row_major>(&right, k * TILE + n, TILE); }
  return subgroupMatrixLoad<Right, col_major>(&right, n * DEPTH + k, DEPTH);
}

// Adds what the staged k give to the sums of a quarter. by_k: an operand is staged k by k.
fn multiply(c: ptr<function, array<Sum, SUMS>>, quarter: u32, left_by_k: bool, right_by_k: bool) {
  if (quarter >= 4u) { return; }
  let m = quarter / 2u * QUARTER;
  let n = quarter % 2u * QUARTER;
  for (var k = 0u; k < DEPTH; k += EDGE) {
    var b: array<Right, ACROSS>;
    for (var j = 0u; j < ACROSS; j++) { b[j] = right_at(k, n + j * EDGE, right_by_k); }
    for (var i = 0u; i < ACROSS; i++) {
      let a = left_at(m + i * EDGE, k, left_by_k);
      for (var j = 0u; j < ACROSS; j++) {
        let at = i * ACROSS + j;
        (*c)[at] = subgroupMatrixMultiplyAccumulate(a, b[j], (*c)[at]);
      }
    }
  }
}

// Brings row i of the matrices of all quarters to workgroup memory. Before: nobody reads `sums`.
fn lay_out(c: ptr<function, array<Sum, SUMS>>, quarter: u32, i: u32) {
  if (quarter < 4u) {
    for (var j = 0u; j < ACROSS; j++) {
      subgroupMatrixStore<row_major>(&sums, quarter * EDGE * QUARTER + j * EDGE, (*c)[i * ACROSS + j], QUARTER);
    }
  }
  workgroupBarrier();
}

const FOURS = 2u * EDGE * TILE / 4u; // four neighbouring sums each, in what `lay_out` brings

// Row and first column, within the tile, of four sums of row i of the matrices.
fn place_of(four: u32, i: u32) -> vec2u {
  let row = four / (TILE / 4u);
  return vec2u(row / EDGE * QUARTER + i * EDGE + row % EDGE, four % (TILE / 4u) * 4u);
}

fn four_sums(four: u32) -> vec4f {
  let row = four / (TILE / 4u);
  let n = four % (TILE / 4u) * 4u;
  let at = ((row / EDGE * 2u + n / QUARTER) * EDGE + row % EDGE) * QUARTER + n % QUARTER;
  return vec4f(sums[at], sums[at + 1u], sums[at + 2u], sums[at + 3u]);
}

@compute @workgroup_size(4u * MOST_LANES)
fn forward(@builtin(workgroup_id) group: vec3u, place: Place) {
  let threads = 4u * MOST_LANES;
  let m0 = group.y * TILE;
  let n0 = group.x * TILE;
  var c: array<Sum, SUMS>;
  for (var k0 = 0u; k0 < d.in; k0 += DEPTH) {
    for (var i = place.local; i < TILE * DEPTH; i += threads) {
      let k = k0 + i % DEPTH;
      let m = m0 + i / DEPTH;
      let n = n0 + i / DEPTH;
      left[i] = select(0h, f16(x[m * d.in + k]), k < d.in && m < d.rows);
      right[i] = select(0h, f16(W[n * d.in + k]), k < d.in && n < d.out);
    }
    workgroupBarrier();
    multiply(&c, place.subgroup, false, false);
    workgroupBarrier();
  }
  for (var i = 0u; i < ACROSS; i++) {
    lay_out(&c, place.subgroup, i);
    for (var four = place.local; four < FOURS; four += threads) {
      let at = place_of(four, i);
      finish(m0 + at.x, n0 + at.y, four_sums(four));
    }
    workgroupBarrier();
  }
}

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
