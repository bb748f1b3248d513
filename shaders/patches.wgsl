// Tubelets of kept tokens as rows, in the order of a Conv3d kernel (c, t, y, x), so that the patch embedding is a matrix
// product with the official weight (D, 3 · tubelet · patch · patch). An image is a clip of one frame with tubelet 1.
//
//   clip, dclip (B, 3, T, S_y, S_x)    rows, drows (n, V) with V = 3 · tubelet · patch²    tokens (n, 2) = clip, token
//
//   forward    rows[i, v] = clip[pixel(tokens[i], v)]
//   backward   dclip[pixel(tokens[i], v)] = drows[i, v], or added to it; a token may appear once
//
// One invocation per value.

struct Dims {
  n: u32,
  T: u32,
  S_y: u32,
  S_x: u32,
  tubelet: u32,
  patch_size: u32,
  add: u32,
}

@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read> clip: array<f32>;
@group(0) @binding(2) var<storage, read> tokens: array<vec2u>;
@group(0) @binding(3) var<storage, read_write> rows: array<f32>;
@group(0) @binding(4) var<storage, read> drows: array<f32>;
@group(0) @binding(5) var<storage, read_write> dclip: array<f32>;

fn values() -> u32 { return 3u * d.tubelet * d.patch_size * d.patch_size; }

fn pixel(i: u32) -> u32 {
  let V = values();
  let at = tokens[i / V];
  let v = i % V;
  let w = d.S_x / d.patch_size;
  let plane = (d.S_y / d.patch_size) * w;
  let p = d.patch_size;
  let t = (at.y / plane) * d.tubelet + (v / (p * p)) % d.tubelet;
  let y = ((at.y % plane) / w) * p + (v / p) % p;
  let x = (at.y % w) * p + v % p;
  let channel = v / (d.tubelet * p * p);
  return (((at.x * 3u + channel) * d.T + t) * d.S_y + y) * d.S_x + x;
}

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat(id, groups, 64u);
  if (i >= d.n * values()) { return; }
  rows[i] = clip[pixel(i)];
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat(id, groups, 64u);
  if (i >= d.n * values()) { return; }
  let at = pixel(i);
  if (d.add == 1u) { dclip[at] += drows[i]; } else { dclip[at] = drows[i]; }
}
