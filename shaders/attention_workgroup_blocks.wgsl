// What attention_workgroup.wgsl and attention_workgroup_backward.wgsl share: both sides staged in workgroup memory. Appended to
// both.

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
