// What linear_matrix.wgsl and linear_matrix_backward.wgsl share: both operands staged, and sums in subgroup matrices. Appended to
// both. EDGE is that of matrix_*.wgsl.

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
