// Global L2 norms of one or two gradient arenas, the clipping coefficients made of them, and the guard that stops a broken
// step.
//
//   partial_sums   sums[i] = Σ g² over every PARTS-th value, breaks[i] = 1 if one of them is NaN or infinite
//   combine        norm = sqrt(Σ sums),  coefficient = min(1, clip / (norm + 1e-6)) when clip > 0, else 1
//                  guard = (broken, step): set when a gradient or an error is not finite, and never cleared by a step,
//                  so that steps already on their way leave the weights alone too
//
// torch.nn.utils.clip_grad_norm_ has the same 1e-6. Every arena is clipped by its own norm, as in the official trainer.
// Nothing is read back to clip.
//
//   g0 (n0), g1 (n1)   sums, breaks (arenas, PARTS)   error (m) per-token loss   result (arenas, 2) = norm, coefficient
//   guard (2)

struct Dims {
  n0: u32,
  n1: u32,
  arenas: u32, // 1 or 2
  m: u32,
  step: u32,
  clip: f32, // largest norm; 0 never clips
}

// partial sums of an arena
override PARTS: u32 = 1024u;

@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read> g0: array<f32>;
@group(0) @binding(2) var<storage, read> g1: array<f32>;
@group(0) @binding(3) var<storage, read_write> sums: array<f32>;
@group(0) @binding(4) var<storage, read_write> breaks: array<u32>;
@group(0) @binding(5) var<storage, read> error: array<f32>;
@group(0) @binding(6) var<storage, read> known_sums: array<f32>;
@group(0) @binding(7) var<storage, read> known_breaks: array<u32>;
@group(0) @binding(8) var<storage, read_write> result: array<f32>;
@group(0) @binding(9) var<storage, read_write> guard: array<u32>;

@compute @workgroup_size(64)
fn partial_sums(@builtin(global_invocation_id) id: vec3u) {
  var sum = 0.0;
  var broken = false;
  if (id.x < PARTS) {
    for (var i = id.x; i < d.n0; i += PARTS) {
      sum += g0[i] * g0[i];
      broken = broken || is_broken(g0[i]);
    }
    for (var i = id.x; i < d.m; i += PARTS) { broken = broken || is_broken(error[i]); }
  } else {
    for (var i = id.x - PARTS; i < d.n1; i += PARTS) {
      sum += g1[i] * g1[i];
      broken = broken || is_broken(g1[i]);
    }
  }
  sums[id.x] = sum;
  breaks[id.x] = select(0u, 1u, broken);
}

fn decide(arena: u32, sum: f32, broken: bool) {
  let norm = sqrt(sum);
  result[2u * arena] = norm;
  result[2u * arena + 1u] = select(1.0, min(1.0, d.clip / (norm + 1e-6)), d.clip > 0.0);
  if ((broken || is_broken(norm)) && guard[0] == 0u) {
    guard[0] = 1u;
    guard[1] = d.step;
  }
}

// One invocation; sums of 32 first, so that rounding errors do not pile up over a thousand additions.
@compute @workgroup_size(1)
fn combine() {
  for (var arena = 0u; arena < d.arenas; arena++) {
    var sum = 0.0;
    var broken = false;
    let end = (arena + 1u) * PARTS;
    for (var i = arena * PARTS; i < end; i += 32u) {
      var part = 0.0;
      for (var j = i; j < i + 32u; j++) {
        part += known_sums[j];
        broken = broken || known_breaks[j] != 0u;
      }
      sum += part;
    }
    decide(arena, sum, broken);
  }
}

var<workgroup> tree: array<f32, 256>;
var<workgroup> broken_tree: array<u32, 256>;

// One workgroup of 256.
@compute @workgroup_size(256)
fn combine_workgroup(@builtin(local_invocation_index) local: u32) {
  for (var arena = 0u; arena < d.arenas; arena++) {
    var sum = 0.0;
    var broken = 0u;
    for (var i = local; i < PARTS; i += 256u) {
      sum += known_sums[arena * PARTS + i];
      broken |= known_breaks[arena * PARTS + i];
    }
    tree[local] = sum;
    broken_tree[local] = broken;
    workgroupBarrier();
    for (var half = 128u; half > 0u; half /= 2u) {
      if (local < half) {
        tree[local] += tree[local + half];
        broken_tree[local] |= broken_tree[local + half];
      }
      workgroupBarrier();
    }
    if (local == 0u) { decide(arena, tree[0], broken_tree[0] != 0u); }
    workgroupBarrier();
  }
}
