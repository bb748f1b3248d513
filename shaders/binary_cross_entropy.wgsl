// Binary cross-entropy of a sigmoid per class (torch.nn.BCEWithLogitsLoss), for classes that do not exclude each other:
//
//   loss[b] = 1/K Σ_k log(1 + exp(x[b, k])) − x[b, k] · truth[b, k]
//   dx[b, k] = (sigmoid(x[b, k]) − truth[b, k]) · share[b] / K
//
// share[b] = 1 / rows of the batch makes it the gradient of the mean; 0 leaves a row out.
//
//   x, truth, dx (rows, K)   share, loss (rows)
//
// One invocation per row: there are few classes.

struct Dims {
  rows: u32,
  K: u32,
}

@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> truth: array<f32>; // 0 or 1
@group(0) @binding(3) var<storage, read> share: array<f32>;
@group(0) @binding(4) var<storage, read_write> loss: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(64)
fn binary_cross_entropy(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let b = flat(id, groups, 64u);
  if (b >= d.rows) { return; }
  let weight = share[b] / f32(d.K);
  var total = 0.0;
  for (var k = 0u; k < d.K; k++) {
    let i = b * d.K + k;
    // exp of what is never above 0: log(1 + exp(v)) = max(v, 0) + log(1 + exp(-|v|))
    let small = exp(-min(abs(x[i]), 80.0));
    total += max(x[i], 0.0) + log(1.0 + small) - x[i] * truth[i];
    dx[i] = (select(small, 1.0, x[i] > 0.0) / (1.0 + small) - truth[i]) * weight;
  }
  loss[b] = total / f32(d.K);
}
