// Half precision (IEEE 754 binary16) and back: rounded to the nearest, ties to even; what is too large is infinity.

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

export function toHalf(values: ArrayLike<number>): Uint16Array<ArrayBuffer> {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < out.length; i++) {
    single[0] = values[i];
    const word = bits[0];
    const sign = (word >>> 16) & 0x8000;
    const magnitude = word & 0x7fffffff;
    if (magnitude > 0x7f800000) out[i] = sign | 0x7e00;
    else if (magnitude >= 0x47800000) out[i] = sign | 0x7c00;
    // below 2⁻¹⁴ the steps are 2⁻²⁴: adding 1/2 leaves them in the last bits of a single, rounded
    else if (magnitude < 0x38800000) {
      single[0] = Math.abs(single[0]) + 0.5;
      out[i] = sign | (bits[0] - 0x3f000000);
    } else out[i] = sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  }
  return out;
}

export function fromHalf(values: Uint16Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(values.length);
  for (let i = 0; i < out.length; i++) {
    const exponent = (values[i] >>> 10) & 0x1f;
    const fraction = values[i] & 0x3ff;
    const size =
      exponent === 0x1f
        ? fraction
          ? NaN
          : Infinity
        : exponent
          ? (1 + fraction / 1024) * 2 ** (exponent - 15)
          : fraction * 2 ** -24;
    out[i] = values[i] & 0x8000 ? -size : size;
  }
  return out;
}
