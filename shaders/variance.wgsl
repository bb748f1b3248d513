// The official variance term on predictions (app/vjepa/train.py, reg_fn): per clip b and channel c
//
//   spread[b, c] = mean over mask sets of sqrt(var over the tokens of the set (unbiased) + 1e-4)
//   reg = mean over b, c of relu(1 - spread),   dz += coefficient · d reg / dz
//
//   z, dz (n, C)   segments (sets · B, 2) = first row, row count of z, set-major   hinge (B, C) = relu(1 - spread)
//
// A set with a single token has no variance; it counts as zero (the official code makes NaN of it).
// One invocation per (b, c), folded into rows of workgroups.

struct Dims {
  B: u32,
  C: u32,
  sets: u32,
  coefficient: f32,
}

@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read> z: array<f32>;
@group(0) @binding(2) var<storage, read> segments: array<vec2u>;
@group(0) @binding(3) var<storage, read_write> hinge: array<f32>;
@group(0) @binding(4) var<storage, read_write> dz: array<f32>;

// mean and sqrt(var + 1e-4) of one segment in one channel
fn moments(segment: vec2u, c: u32) -> vec2f {
  var sum = 0.0;
  for (var i = 0u; i < segment.y; i++) { sum += z[(segment.x + i) * d.C + c]; }
  let mean = sum / f32(segment.y);
  var square = 0.0;
  for (var i = 0u; i < segment.y; i++) {
    let v = z[(segment.x + i) * d.C + c] - mean;
    square += v * v;
  }
  return vec2f(mean, sqrt(square / f32(max(segment.y, 2u) - 1u) + 1e-4));
}

@compute @workgroup_size(16)
fn variance(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let own = flat(id, groups, 16u);
  if (own >= d.B * d.C) { return; }
  let b = own / d.C;
  let c = own % d.C;
  var spread = 0.0;
  for (var k = 0u; k < d.sets; k++) { spread += moments(segments[k * d.B + b], c).y; }
  spread /= f32(d.sets);
  hinge[own] = select(0.0, 1.0 - spread, spread < 1.0);
  if (d.coefficient == 0.0 || spread >= 1.0) { return; }
  let outer = -d.coefficient / f32(d.B * d.C * d.sets);
  for (var k = 0u; k < d.sets; k++) {
    let segment = segments[k * d.B + b];
    let m = moments(segment, c);
    let inner = outer / (f32(max(segment.y, 2u) - 1u) * m.y);
    for (var i = 0u; i < segment.y; i++) {
      let at = (segment.x + i) * d.C + c;
      dz[at] += inner * (z[at] - m.x);
    }
  }
}
