// What attention_workgroup.wgsl and attention_workgroup_backward.wgsl share: both sides staged in workgroup memory. Appended to
// both.

// WIDE, the channels staged at a time, is appended: 64, or 32 for heads that have no more. It sizes arrays, which an override must
// not do: naga, the compiler of Firefox, breaks on some of those.
const FOURS = WIDE / 4u;
const STEP = FOURS + 1u; // length of a staged row: one more, so that rows fall into different banks
const PARTS = 16u / FOURS;
const ROWS = 16u;
const OTHERS = 32u;

var<workgroup> left: array<vec4f, ROWS * STEP>; // rows of the tile
var<workgroup> right: array<vec4f, OTHERS * STEP>; // other rows
var<workgroup> weights: array<vec4f, OTHERS * 4u>; // of an other row with four rows of the tile
var<workgroup> each: array<vec4f, 64>; // one of every invocation

// Of two other rows with four rows of the tile.
struct Scores {
  a: vec4f,
  b: vec4f,
}

fn add(s: Scores, t: Scores) -> Scores { return Scores(s.a + t.a, s.b + t.b); }
fn next4(i: u32) -> vec4u { return vec4u(i, i + 1u, i + 2u, i + 3u); }

// Four channels of q (0), k (1) or v (2), zero beyond the head.
fn qkv4(row: u32, which: u32, head: u32, ch: u32) -> vec4f {
  let i = (row * 3u + which) * d.H * d.D + head * d.D + ch;
  return select(vec4f(), vec4f(vec4<In>(qkv[i], qkv[i + 1u], qkv[i + 2u], qkv[i + 3u])), next4(ch) < vec4u(d.D));
}

// Copies channels from c on of the rows from `first` on; what lies beyond `end` is zero.
fn stage_left(which: u32, head: u32, tile: vec4u, c: u32, local: u32) {
  for (var i = local; i < ROWS * FOURS; i += 64u) {
    let row = tile.x + i / FOURS;
    left[i / FOURS * STEP + i % FOURS] = select(vec4f(), qkv4(row, which, head, c + i % FOURS * 4u), row < tile.y);
  }
}
fn stage_right(which: u32, head: u32, first: u32, end: u32, c: u32, local: u32) {
  for (var i = local; i < OTHERS * FOURS; i += 64u) {
    let row = first + i / FOURS;
    right[i / FOURS * STEP + i % FOURS] = select(vec4f(), qkv4(row, which, head, c + i % FOURS * 4u), row < end);
  }
}

// Over the staged channels.
fn scores(four: u32, other: u32) -> Scores {
  var s = Scores();
  let l = four * 4u * STEP;
  for (var f = 0u; f < FOURS; f++) {
    let r0 = left[l + f]; let r1 = left[l + STEP + f]; let r2 = left[l + 2u * STEP + f]; let r3 = left[l + 3u * STEP + f];
    let x = right[other * STEP + f];
    let y = right[(other + 16u) * STEP + f];
    s.a += vec4f(dot(r0, x), dot(r1, x), dot(r2, x), dot(r3, x));
    s.b += vec4f(dot(r0, y), dot(r1, y), dot(r2, y), dot(r3, y));
  }
  return s;
}

fn put_weights(four: u32, other: u32, s: Scores) {
  weights[other * 4u + four] = s.a;
  weights[(other + 16u) * 4u + four] = s.b;
}

// Adds the staged other rows, weighted, to four channels of four rows; a column of the sum is a row of the tile.
fn add_weighted(sum: ptr<function, mat4x4f>, four: u32, f: u32, part: u32) {
  for (var j = part; j < OTHERS; j += PARTS) {
    let w = weights[j * 4u + four];
    let v = right[j * STEP + f];
    *sum += mat4x4f(v * w.x, v * w.y, v * w.z, v * w.w);
  }
}

// The sum of both parts, for part 0. All invocations call it.
fn join_parts(sum: mat4x4f, four: u32, f: u32, part: u32) -> mat4x4f {
  if (PARTS == 1u) { return sum; }
  let at = (four * FOURS + f) * 4u;
  workgroupBarrier();
  if (part == 1u) { for (var r = 0u; r < 4u; r++) { right[at + r] = sum[r]; } }
  workgroupBarrier();
  return sum + mat4x4f(right[at], right[at + 1u], right[at + 2u], right[at + 3u]);
}

// The sum of what the 16 invocations of four rows have. All invocations call it.
fn sum_of_rows(own: vec4f, local: u32) -> vec4f {
  each[local] = own;
  workgroupBarrier();
  var sum = vec4f();
  for (var i = 0u; i < 16u; i++) { sum += each[local / 16u * 16u + i]; }
  return sum;
}
