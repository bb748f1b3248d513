// What every form of attention binds: appended to each, with stored_*.wgsl, which says what In and Out are.

struct Dims {
  tiles: u32,
  H: u32,
  D: u32,
  blocks: u32, // quads: 4-channel blocks of a lane, 1 … 4
  scale: f32,
}

@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read> tiles: array<vec4u>;
@group(0) @binding(2) var<storage, read> qkv: array<In>;
@group(0) @binding(3) var<storage, read_write> out: array<Out>;
@group(0) @binding(4) var<storage, read_write> lse: array<f32>;

@group(0) @binding(5) var<storage, read> made: array<Out>; // out of the forward pass
@group(0) @binding(6) var<storage, read> sums: array<f32>; // lse of the forward pass
@group(0) @binding(7) var<storage, read> dout: array<f32>;
@group(0) @binding(8) var<storage, read_write> delta: array<f32>;
@group(0) @binding(9) var<storage, read> known_delta: array<f32>;
@group(0) @binding(10) var<storage, read_write> dqkv: array<f32>;

const LOW = -1e30; // stands for minus infinity, which WGSL may assume away
