// What the adapter can do at best, so that every kernel's speed can be shown as a share of it.
//
//   multiply_add   sixteen independent chains, four multiply-adds a round: 128 operations per invocation and round; each
//                  multiplies what the one before it made, so that no compiler can take a part of it out of the loop
//   stream_read    sums of `n` vec4 a workgroup never shares: 16 n bytes read
//   stream_write, stream_copy   16 n bytes written; 16 n bytes read and written
//
// One invocation per vec4, lists are folded into rows of workgroups.

struct Dims {
  n: u32, // vec4 of the buffers
  rounds: u32,
}

@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read> source: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> sink: array<vec4f>;

@compute @workgroup_size(64)
fn multiply_add(@builtin(global_invocation_id) id: vec3u) {
  let s = source[id.x % d.n];
  let t = source[(id.x + 1u) % d.n];
  let u = source[(id.x + 2u) % d.n];
  let v = source[(id.x + 3u) % d.n];
  var a = s;
  var b = t;
  var c = u;
  var e = v;
  let k = clamp(t, vec4f(-0.5), vec4f(0.5)); // nothing grows without end
  for (var i = 0u; i < d.rounds; i++) {
    // four steps in one expression: what is kept between two expressions may cost a load and a store
    a = (((a * k.x + s) * k.x + t) * k.x + u) * k.x + v;
    b = (((b * k.y + s) * k.y + t) * k.y + u) * k.y + v;
    c = (((c * k.z + s) * k.z + t) * k.z + u) * k.z + v;
    e = (((e * k.w + s) * k.w + t) * k.w + u) * k.w + v;
  }
  sink[id.x % d.n] = a + b + c + e;
}

const EACH = 16u; // vec4 that an invocation reads

@compute @workgroup_size(64)
fn stream_read(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat(id, groups, 64u);
  let step = d.n / EACH;
  if (i >= step) { return; }
  var sum = vec4f();
  for (var j = 0u; j < EACH; j++) { sum += source[i + j * step]; }
  sink[i] = sum;
}

@compute @workgroup_size(64)
fn stream_write(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat(id, groups, 64u);
  if (i < d.n) { sink[i] = vec4f(f32(i)); }
}

@compute @workgroup_size(64)
fn stream_copy(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat(id, groups, 64u);
  if (i < d.n) { sink[i] = source[i]; }
}
