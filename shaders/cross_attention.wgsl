// Cross-attention of a few learned queries over the tokens of every segment (official CrossAttention of the attentive
// probe). The queries are the same for all segments, so their projection q is one small matrix.
//
//   p[n, i, h] = softmax over the tokens n of a segment of  q[i, h] · k[n, h] / √D
//   out[s, i, h] = Σ_n p[n, i, h] v[n, h]  (+ residual[i, h])
//
//   dp = dout · v      ds = p (dp − Σ_n p dp)      dv = Σ_i p dout      dk = Σ_i ds q / √D
//   dq[i] = Σ_n ds k / √D      dresidual[i] = Σ_s dout[s, i]
//
//   q, residual (Q, C)   kv (rows, 2C) = k | v, each (H, D)   p, ds (rows, Q · H)   out (S · Q, C)
//   segments (S, 2) = first row, rows   owner (rows) = the segment of each row
//
// There are few queries, so no tile is shared: one invocation per (row, query, head), per (segment, query, head) or per
// value of the result, each with a loop of its own. Nothing is added up in an order that the GPU chooses.

struct Dims {
  rows: u32,
  S: u32,
  Q: u32,
  H: u32,
  D: u32,
  scale: f32,
  residual: u32, // 1: there is one
  add: u32, // 1: its gradient is added to what is there
}

@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read> segments: array<u32>;
@group(0) @binding(2) var<storage, read> owner: array<u32>;
@group(0) @binding(3) var<storage, read> q: array<f32>;
@group(0) @binding(4) var<storage, read> kv: array<f32>;
@group(0) @binding(5) var<storage, read> residual: array<f32>;
@group(0) @binding(6) var<storage, read_write> p: array<f32>;
@group(0) @binding(7) var<storage, read_write> out: array<f32>;
@group(0) @binding(8) var<storage, read> known_p: array<f32>;
@group(0) @binding(9) var<storage, read> dout: array<f32>;
@group(0) @binding(10) var<storage, read_write> ds: array<f32>;
@group(0) @binding(11) var<storage, read> known_ds: array<f32>;
@group(0) @binding(12) var<storage, read_write> dkv: array<f32>;
@group(0) @binding(13) var<storage, read_write> part: array<f32>;
@group(0) @binding(14) var<storage, read> known_part: array<f32>;
@group(0) @binding(15) var<storage, read_write> dq: array<f32>;
@group(0) @binding(16) var<storage, read_write> dresidual: array<f32>;

// p[n, i, h] = score
@compute @workgroup_size(64)
fn scores(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = flat(id, groups, 64u);
  let QH = d.Q * d.H;
  if (at >= d.rows * QH) { return; }
  let C = d.H * d.D;
  let head = (at % d.H) * d.D;
  let query = ((at % QH) / d.H) * C + head;
  let key = (at / QH) * 2u * C + head;
  var sum = 0.0;
  for (var c = 0u; c < d.D; c++) { sum += q[query + c] * kv[key + c]; }
  p[at] = sum * d.scale;
}

// Scores of a segment become shares of 1. One invocation per (segment, query, head).
@compute @workgroup_size(64)
fn normalise(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = flat(id, groups, 64u);
  let QH = d.Q * d.H;
  if (at >= d.S * QH) { return; }
  let s = at / QH;
  let first = segments[2u * s] * QH + at % QH;
  let end = first + segments[2u * s + 1u] * QH;
  var most = -3.4e38;
  for (var i = first; i < end; i += QH) { most = max(most, p[i]); }
  var total = 0.0;
  for (var i = first; i < end; i += QH) {
    let e = exp(p[i] - most);
    p[i] = e;
    total += e;
  }
  for (var i = first; i < end; i += QH) { p[i] /= total; }
}

@compute @workgroup_size(64)
fn mix(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = flat(id, groups, 64u);
  let C = d.H * d.D;
  if (at >= d.S * d.Q * C) { return; }
  let c = at % C;
  let i = (at / C) % d.Q;
  let s = at / (C * d.Q);
  let QH = d.Q * d.H;
  let first = segments[2u * s];
  var sum = 0.0;
  for (var n = first; n < first + segments[2u * s + 1u]; n++) {
    sum += known_p[n * QH + i * d.H + c / d.D] * kv[n * 2u * C + C + c];
  }
  if (d.residual == 1u) { sum += residual[i * C + c]; }
  out[at] = sum;
}

// ds[n, i, h] = dout · v
@compute @workgroup_size(64)
fn backward_p(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = flat(id, groups, 64u);
  let QH = d.Q * d.H;
  if (at >= d.rows * QH) { return; }
  let C = d.H * d.D;
  let n = at / QH;
  let head = (at % d.H) * d.D;
  let gradient = (owner[n] * d.Q + (at % QH) / d.H) * C + head;
  let value = n * 2u * C + C + head;
  var sum = 0.0;
  for (var c = 0u; c < d.D; c++) { sum += dout[gradient + c] * kv[value + c]; }
  ds[at] = sum;
}

// ds = p (dp − Σ p dp) / √D. One invocation per (segment, query, head).
@compute @workgroup_size(64)
fn backward_normalise(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = flat(id, groups, 64u);
  let QH = d.Q * d.H;
  if (at >= d.S * QH) { return; }
  let s = at / QH;
  let first = segments[2u * s] * QH + at % QH;
  let end = first + segments[2u * s + 1u] * QH;
  var delta = 0.0;
  for (var i = first; i < end; i += QH) { delta += known_p[i] * ds[i]; }
  for (var i = first; i < end; i += QH) { ds[i] = known_p[i] * (ds[i] - delta) * d.scale; }
}

// Gradient of keys and values: one invocation per (row, channel).
@compute @workgroup_size(64)
fn backward_kv(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = flat(id, groups, 64u);
  let C = d.H * d.D;
  if (at >= d.rows * C) { return; }
  let n = at / C;
  let c = at % C;
  var dk = 0.0;
  var dv = 0.0;
  for (var i = 0u; i < d.Q; i++) {
    let share = (n * d.Q + i) * d.H + c / d.D;
    dk += known_ds[share] * q[i * C + c];
    dv += known_p[share] * dout[(owner[n] * d.Q + i) * C + c];
  }
  dkv[n * 2u * C + c] = dk;
  dkv[n * 2u * C + C + c] = dv;
}

// part[s, i] = Σ over the rows of a segment of ds k
@compute @workgroup_size(64)
fn backward_segments(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = flat(id, groups, 64u);
  let C = d.H * d.D;
  if (at >= d.S * d.Q * C) { return; }
  let c = at % C;
  let i = (at / C) % d.Q;
  let s = at / (C * d.Q);
  let first = segments[2u * s];
  var sum = 0.0;
  for (var n = first; n < first + segments[2u * s + 1u]; n++) {
    sum += known_ds[(n * d.Q + i) * d.H + c / d.D] * kv[n * 2u * C + c];
  }
  part[at] = sum;
}

// dq and the residual's gradient: sums over all segments. One invocation per (query, channel).
@compute @workgroup_size(64)
fn backward_queries(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = flat(id, groups, 64u);
  let QC = d.Q * d.H * d.D;
  if (at >= QC) { return; }
  var sum = 0.0;
  var direct = 0.0;
  for (var s = 0u; s < d.S; s++) {
    sum += known_part[s * QC + at];
    direct += dout[s * QC + at];
  }
  dq[at] = sum;
  if (d.residual == 1u) {
    if (d.add == 1u) { direct += dresidual[at]; }
    dresidual[at] = direct;
  }
}
