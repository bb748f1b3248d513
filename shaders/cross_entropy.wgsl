// Cross-entropy of a softmax over classes, per row (torch.nn.CrossEntropyLoss):
//
//   loss[b] = log Σ_k exp(x[b, k]) − x[b, label[b]]
//   dx[b, k] = (softmax(x)[b, k] − [k = label[b]]) · share[b]
//
// share[b] = 1 / rows of the batch makes it the gradient of the mean; 0 leaves a row out.
//
//   x, dx (rows, K)   label, share, loss (rows)
//
// One invocation per row: there are few classes.

struct Dims {
  rows: u32,
  K: u32,
}

@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> label: array<u32>;
@group(0) @binding(3) var<storage, read> share: array<f32>;
@group(0) @binding(4) var<storage, read_write> loss: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(64)
fn cross_entropy(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let b = flat(id, groups, 64u);
  if (b >= d.rows) { return; }
  let first = b * d.K;
  var most = x[first];
  for (var k = 1u; k < d.K; k++) { most = max(most, x[first + k]); }
  var total = 0.0;
  for (var k = 0u; k < d.K; k++) { total += exp(x[first + k] - most); }
  loss[b] = log(total) + most - x[first + label[b]];
  for (var k = 0u; k < d.K; k++) {
    let hit = select(0.0, 1.0, k == label[b]);
    dx[first + k] = (exp(x[first + k] - most) / total - hit) * share[b];
  }
}
