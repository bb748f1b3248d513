// What a token of a clip attends to. attention.wgsl never stores its N × N shares but keeps the log-sum-exp of every row,
// so that any of them can be made again.
//
//   p[i, h, j] = exp(q[i, h] · k[j, h] / √D − lse[i, h])
//   shares of one query i: out[h, j] = p[i, h, j]
//   distances: out[i, h] = Σ_j p[i, h, j] · (distance in the frame, Euclid, in patches; distance in time, in tubelets)
//
//   qkv (N, 3 H D) = q | k | v, each (H, D)   lse (N, H)   shares (H, N)   far (N, 2 H)
//
// All rows belong to one clip. One invocation per (h, j), and one per (i, h), each with a loop of its own; nothing is
// added up in an order that the GPU chooses.

struct Dims {
  N: u32,
  H: u32,
  D: u32,
  scale: f32,
  token: u32, // i
  down: u32, // patches of a tubelet
  across: u32,
}

@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read> qkv: array<In>; // In: stored_*.wgsl
@group(0) @binding(2) var<storage, read> lse: array<f32>;
@group(0) @binding(3) var<storage, read_write> shares: array<f32>;
@group(0) @binding(4) var<storage, read_write> far: array<f32>;

fn share(i: u32, h: u32, j: u32) -> f32 {
  let C = d.H * d.D;
  let q = i * 3u * C + h * d.D;
  let k = j * 3u * C + C + h * d.D;
  var sum = 0.0;
  for (var c = 0u; c < d.D; c++) { sum += f32(qkv[q + c]) * f32(qkv[k + c]); }
  return exp(clamp(sum * d.scale - lse[i * d.H + h], -80.0, 0.0));
}

@compute @workgroup_size(64)
fn row(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = flat(id, groups, 64u);
  if (at >= d.H * d.N) { return; }
  shares[at] = share(d.token, at / d.N, at % d.N);
}

// (t, y, x) of a token
fn place(n: u32) -> vec3f {
  return vec3f(f32(n / (d.down * d.across)), f32((n / d.across) % d.down), f32(n % d.across));
}

@compute @workgroup_size(64)
fn distances(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = flat(id, groups, 64u);
  if (at >= d.N * d.H) { return; }
  let here = place(at / d.H);
  var sum = vec2f();
  for (var j = 0u; j < d.N; j++) {
    let apart = place(j) - here;
    let steps = sqrt(apart.y * apart.y + apart.z * apart.z);
    sum += share(at / d.H, at % d.H, j) * vec2f(steps, abs(apart.x));
  }
  far[2u * at] = sum.x;
  far[2u * at + 1u] = sum.y;
}
