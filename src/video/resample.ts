// From a decoded picture to RGB at working size: crop, area average (or linear when it grows), rotate, mirror.
// Decoders hand out pictures as coded; rotation, mirroring and pixel aspect are ours to apply.
// The same code for every browser and machine: a canvas filters differently from one to the next.

/** How a coded picture becomes the displayed one. */
export interface Orientation {
  /** clockwise, applied first */
  rotation: 0 | 90 | 180 | 270;
  /** left and right swapped, after the rotation */
  flip: boolean;
}

/** A part of a picture in pixels, fractions allowed. */
export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Which inputs make each output of one axis: `first[i]`, then `taps` weights from i · taps, summing to 1. */
interface Taps {
  taps: number;
  first: Int32Array;
  weights: Float32Array;
}

function axisTaps(from: number, length: number, limit: number, outputs: number): Taps {
  const scale = length / outputs;
  const taps = scale > 1 ? Math.ceil(scale) + 1 : 2;
  const first = new Int32Array(outputs);
  const weights = new Float32Array(outputs * taps);
  for (let i = 0; i < outputs; i++) {
    if (scale > 1) {
      // share of each input pixel that the output pixel covers
      const low = from + i * scale;
      const high = low + scale;
      first[i] = Math.floor(low);
      for (let k = 0; k < taps; k++) {
        const covered = Math.min(high, first[i] + k + 1) - Math.max(low, first[i] + k);
        weights[i * taps + k] = Math.max(0, covered) / scale;
      }
    } else {
      const centre = from + (i + 0.5) * scale - 0.5;
      first[i] = Math.floor(centre);
      weights[i * 2 + 1] = centre - first[i];
      weights[i * 2] = 1 - weights[i * 2 + 1];
    }
    // taps beyond the picture move onto its edge pixel
    if (first[i] < 0 || first[i] + taps > limit) {
      const inside = new Float32Array(taps);
      const start = Math.max(0, Math.min(first[i], limit - taps));
      for (let k = 0; k < taps; k++) {
        const input = Math.max(0, Math.min(limit - 1, first[i] + k));
        inside[Math.min(taps - 1, input - start)] += weights[i * taps + k];
      }
      weights.set(inside, i * taps);
      first[i] = start;
    }
  }
  return { taps, first, weights };
}

/** Turns RGBA pictures of one size into RGB pictures of another. Tables are made once, frames reuse them. */
export class Resampler {
  /** size of the pictures that come out */
  readonly width: number;
  readonly height: number;
  readonly #codedWidth: number;
  readonly #codedHeight: number;
  readonly #columns: Taps;
  readonly #rows: Taps;
  readonly #orientation: Orientation;
  /** one input row at output width, and the running output row, (codedWidth', 3) */
  readonly #line: Float32Array;
  readonly #sum: Float32Array;
  readonly #lineOf: Float32Array[];

  /** `crop` is a part of the coded picture; width and height are those of the displayed result. */
  constructor(
    coded: { width: number; height: number },
    crop: Rect,
    orientation: Orientation,
    width: number,
    height: number,
  ) {
    const turned = orientation.rotation % 180 !== 0;
    this.width = width;
    this.height = height;
    this.#codedWidth = coded.width;
    this.#codedHeight = coded.height;
    this.#orientation = orientation;
    const across = turned ? height : width;
    const down = turned ? width : height;
    this.#columns = axisTaps(crop.x, crop.width, coded.width, across);
    this.#rows = axisTaps(crop.y, crop.height, coded.height, down);
    this.#line = new Float32Array(across * 3);
    this.#sum = new Float32Array(across * 3);
    this.#lineOf = [this.#line, new Float32Array(across * 3)];
  }

  /** rgba: (codedHeight, codedWidth, 4), `pitch` bytes per row; writes (height, width, 3) to `out` at `offset`. */
  resample(rgba: Uint8Array, pitch: number, out: Uint8Array, offset: number): void {
    const { taps, first, weights } = this.#rows;
    const across = this.#line.length / 3;
    // two neighbouring output rows may share one input row: the last two are kept
    const kept = [-1, -1];
    for (let y = 0; y < first.length; y++) {
      const sum = this.#sum.fill(0);
      for (let k = 0; k < taps; k++) {
        const weight = weights[y * taps + k];
        const row = first[y] + k;
        if (weight === 0 || row >= this.#codedHeight) continue;
        const slot = row & 1;
        const line = this.#lineOf[slot];
        if (kept[slot] !== row) {
          this.#shrinkRow(rgba, row * pitch, line);
          kept[slot] = row;
        }
        for (let i = 0; i < sum.length; i++) sum[i] += weight * line[i];
      }
      for (let x = 0; x < across; x++) {
        const at = offset + this.#place(x, y, across, first.length) * 3;
        out[at] = sum[x * 3] + 0.5;
        out[at + 1] = sum[x * 3 + 1] + 0.5;
        out[at + 2] = sum[x * 3 + 2] + 0.5;
      }
    }
  }

  #shrinkRow(rgba: Uint8Array, start: number, line: Float32Array): void {
    const { taps, first, weights } = this.#columns;
    for (let x = 0; x < first.length; x++) {
      let r = 0;
      let g = 0;
      let b = 0;
      const last = Math.min(taps, this.#codedWidth - first[x]);
      let at = start + first[x] * 4;
      for (let k = 0; k < last; k++, at += 4) {
        const weight = weights[x * taps + k];
        r += weight * rgba[at];
        g += weight * rgba[at + 1];
        b += weight * rgba[at + 2];
      }
      line[x * 3] = r;
      line[x * 3 + 1] = g;
      line[x * 3 + 2] = b;
    }
  }

  /** Pixel index in the displayed picture of the pixel (x, y) of the coded one, which is w × h here. */
  #place(x: number, y: number, w: number, h: number): number {
    let px = x;
    let py = y;
    switch (this.#orientation.rotation) {
      case 0:
        break;
      case 90:
        px = h - 1 - y;
        py = x;
        break;
      case 180:
        px = w - 1 - x;
        py = h - 1 - y;
        break;
      case 270:
        px = y;
        py = w - 1 - x;
        break;
    }
    if (this.#orientation.flip) px = this.width - 1 - px;
    return py * this.width + px;
  }
}

/** The largest centred square of the displayed picture, as a part of the coded one (fractions allowed). */
export function centreSquare(
  coded: { width: number; height: number },
  display: { width: number; height: number },
  orientation: Orientation,
): Rect {
  const side = Math.min(display.width, display.height);
  const turned = orientation.rotation % 180 !== 0;
  const shareX = side / (turned ? display.height : display.width);
  const shareY = side / (turned ? display.width : display.height);
  const width = coded.width * shareX;
  const height = coded.height * shareY;
  return { x: (coded.width - width) / 2, y: (coded.height - height) / 2, width, height };
}
