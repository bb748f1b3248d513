// Looks for NaN and infinity in one tensor: found = 1 if there is any. Only used to name the tensor that broke.

struct Dims {
  n: u32,
}

@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> found: array<u32>;

@compute @workgroup_size(64)
fn scan(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat(id, groups, 64u);
  if (i < d.n && is_broken(x[i])) { found[0] = 1u; } // every writer writes the same
}
