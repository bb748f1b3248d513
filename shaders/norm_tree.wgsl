// Sums over the 64 invocations of a workgroup by a tree in workgroup memory: appended to norm_workgroup.wgsl.

fn row_sum(local: u32, value: vec2f) -> vec2f { return workgroup_sum(local, value, 1u); }
