// Shared functions. Appended to every kernel, so that line numbers in the kernel stay true.

// WGSL may assume NaN and infinity away (x != x is false for NaN); the exponent bits do not lie.
fn is_broken(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7f800000u) == 0x7f800000u;
}

// Flat index of an invocation when a long list is folded into rows of workgroups (at most 65535 a dimension).
fn flat(id: vec3u, groups: vec3u, width: u32) -> u32 {
  return id.y * groups.x * width + id.x;
}

// erf to about one unit in the last place of 1. Chebyshev fits: x · p(x²) below 1, 1 - exp(-q(x)) above.
fn erf4(x: vec4f) -> vec4f {
  let a = min(abs(x), vec4f(4.0)); // erfc(4) = 1.5e-8, less than half an ulp of 1
  let s = a * a;
  var p = vec4f(7.882497e-5);
  p = p * s - 8.0188550e-4;
  p = p * s + 5.1893119e-3;
  p = p * s - 2.68543288e-2;
  p = p * s + 0.112835975;
  p = p * s - 0.376126269;
  p = p * s + 1.12837917;
  let u = a - 1.0;
  var q = vec4f(-1.61406156e-6);
  q = q * u + 3.26781295e-5;
  q = q * u - 3.18828905e-4;
  q = q * u + 2.05062073e-3;
  q = q * u - 1.00724612e-2;
  q = q * u + 4.15714927e-2;
  q = q * u + 0.843106415;
  q = q * u + 2.63896745;
  q = q * u + 1.84960551;
  let magnitude = select(1.0 - exp(-q), a * p, a < vec4f(1.0));
  return select(magnitude, -magnitude, x < vec4f(0.0));
}

// Exact GELU, x · Φ(x), the erf form (torch.nn.GELU default).
fn gelu4(x: vec4f) -> vec4f {
  return 0.5 * x * (1.0 + erf4(x * 0.70710678));
}

// Φ(x) + x · φ(x)
fn gelu_slope4(x: vec4f) -> vec4f {
  let cdf = 0.5 * (1.0 + erf4(x * 0.70710678));
  let square = min(0.5 * x * x, vec4f(80.0));
  return cdf + x * exp(-square) * 0.39894228;
}

// (cos x, sin x) to about 1e-7 for |x| up to some thousand; the built-ins may be off by 5e-4.
// x is brought to [-π/4, π/4] by quarter turns (π/2 in three parts), then Taylor.
fn cos_sin(x: f32) -> vec2f {
  let quarter = round(x * 0.63661977);
  let r = ((x - quarter * 1.5703125) - quarter * 4.837512969970703e-4) - quarter * 7.549790126404332e-8;
  let s = r * r;
  let sine = r + r * s * (-0.16666667 + s * (8.3333333e-3 + s * (-1.9841270e-4 + s * 2.7557319e-6)));
  let cosine = 1.0 + s * (-0.5 + s * (0.041666667 + s * (-1.3888889e-3 + s * (2.4801587e-5 - s * 2.7557319e-7))));
  switch (u32(i32(quarter)) & 3u) {
    case 0u: { return vec2f(cosine, sine); }
    case 1u: { return vec2f(-sine, cosine); }
    case 2u: { return vec2f(-cosine, -sine); }
    default: { return vec2f(sine, -cosine); }
  }
}
