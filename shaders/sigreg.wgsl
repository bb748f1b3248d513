// SIGReg (LeJEPA, arXiv 2511.08544): tokens, seen along random directions, should look like a standard normal. Along each
// direction the empirical characteristic function is compared with exp(-t²/2) at 17 knots t = 0 … 3 (Epps–Pulley):
//
//   phi[k, s] = (mean_i cos(t_k x[i, s]), mean_i sin(t_k x[i, s]))
//   term = mean_s n Σ_k w_k ((phi.x - e_k)² + phi.y²),   e_k = exp(-t_k²/2),  w_k = trapezoid · e_k
//   dx[i, s] = coefficient · 2 / S · Σ_k w_k t_k ((phi.y cos(t_k x)) - (phi.x - e_k) sin(t_k x))
//
// LeJEPA's published code counts both halves of the line, so its w_k are twice these: a weight taken from there acts half as
// strongly here.
//
//   x, dx (rows, S): tokens along S directions     sets (count, 2): first row and row count of each mask set
//   phi (count · 17, S) pairs                      share: 1 / number of mask sets, in `coefficient`
//
// statistics: one invocation per (set, knot, direction). backward: one per (row, direction); it turns the angle from
// knot to knot, so one sine and cosine serve all 17.

struct Dims {
  S: u32,
  count: u32, // mask sets
  rows: u32,
  coefficient: f32,
}

const KNOTS = 17u;
const LAST = 3.0;

@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> sets: array<vec2u>;
@group(0) @binding(3) var<storage, read_write> phi: array<vec2f>;
@group(0) @binding(4) var<storage, read> known: array<vec2f>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;

fn knot(k: u32) -> f32 { return f32(k) * (LAST / f32(KNOTS - 1u)); }

fn knot_weight(k: u32) -> f32 {
  let t = knot(k);
  let trapezoid = select(1.0, 0.5, k == 0u || k == KNOTS - 1u) * (LAST / f32(KNOTS - 1u));
  return trapezoid * exp(-0.5 * t * t);
}

@compute @workgroup_size(16)
fn statistics(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= d.count * KNOTS * d.S) { return; }
  let s = id.x % d.S;
  let t = knot((id.x / d.S) % KNOTS);
  let rows = sets[id.x / (d.S * KNOTS)];
  var sum = vec2f(0.0);
  for (var i = 0u; i < rows.y; i++) { sum += cos_sin(t * x[(rows.x + i) * d.S + s]); }
  phi[id.x] = sum / f32(rows.y);
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = flat(id, groups, 64u);
  if (at >= d.rows * d.S) { return; }
  let row = at / d.S;
  let s = at % d.S;
  var which = 0u;
  while (which + 1u < d.count && row >= sets[which + 1u].x) { which++; }
  let turn = cos_sin(knot(1u) * x[at]);
  var angle = vec2f(1.0, 0.0);
  var sum = 0.0;
  for (var k = 0u; k < KNOTS; k++) {
    let t = knot(k);
    let p = known[(which * KNOTS + k) * d.S + s];
    sum += knot_weight(k) * t * (p.y * angle.x - (p.x - exp(-0.5 * t * t)) * angle.y);
    angle = vec2f(angle.x * turn.x - angle.y * turn.y, angle.x * turn.y + angle.y * turn.x);
  }
  dx[at] = d.coefficient * 2.0 / f32(d.S) * sum;
}
