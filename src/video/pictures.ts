// Decoded pictures to RGB bytes. The frame is copied out as RGBA at coded size and resampled by our own code;
// ten-bit formats, and browsers whose copyTo does not convert, go through a canvas (seven times faster for ten bits).
// WebKit's copyTo knows no `format` and says nothing: it copies the planes that are there, which their number and size tell.

import type { VideoSample } from 'mediabunny';
import { centreSquare, Resampler, type Orientation, type Rect } from './resample.ts';

/** What to make of every picture: the whole of it, or its largest centred square. */
export type Framing = 'whole' | 'square';

const upright: Orientation = { rotation: 0, flip: false };

/** Reads samples of one video as RGB pictures of one size. Owns its buffers; one read at a time. */
export class PictureReader {
  readonly #width: number;
  readonly #height: number;
  readonly #framing: Framing;
  #resampler: Resampler | null = null;
  #key = '';
  #bytes = new Uint8Array(0);
  #canvas: OffscreenCanvas | null = null;
  #throughCanvas = false;

  constructor(width: number, height: number, framing: Framing) {
    this.#width = width;
    this.#height = height;
    this.#framing = framing;
  }

  /** Writes (height, width, 3) to `out` at `offset`. The sample stays open: closing it is the caller's. */
  async read(sample: VideoSample, out: Uint8Array, offset: number): Promise<void> {
    if (!this.#throughCanvas && !sample.format?.includes('P1') && !sample.format?.startsWith('BGR')) {
      try {
        if (await this.#readCopy(sample, out, offset)) return;
        this.#throughCanvas = true;
      } catch (error) {
        // a closed or lost frame is no matter of formats
        if (!(error instanceof DOMException && error.name === 'NotSupportedError')) throw error;
        this.#throughCanvas = true;
      }
    }
    this.#readCanvas(sample, out, offset);
  }

  /** False, with nothing written, where the browser does not convert. */
  async #readCopy(sample: VideoSample, out: Uint8Array, offset: number): Promise<boolean> {
    const coded = { width: sample.visibleRect.width, height: sample.visibleRect.height };
    const size = sample.allocationSize({ format: 'RGBA' });
    if (this.#bytes.length < size) this.#bytes = new Uint8Array(size);
    const planes = await sample.copyTo(this.#bytes, { format: 'RGBA' });
    const [plane] = planes;
    if (planes.length !== 1 || plane.stride < coded.width * 4 || size < coded.width * coded.height * 4) return false;
    const display = { width: sample.displayWidth, height: sample.displayHeight };
    const resampler = this.#for(coded, display, { rotation: sample.rotation, flip: sample.flip });
    resampler.resample(plane.offset ? this.#bytes.subarray(plane.offset) : this.#bytes, plane.stride, out, offset);
    return true;
  }

  #readCanvas(sample: VideoSample, out: Uint8Array, offset: number): void {
    const width = sample.displayWidth;
    const height = sample.displayHeight;
    if (this.#canvas?.width !== width || this.#canvas.height !== height)
      this.#canvas = new OffscreenCanvas(width, height);
    const context = this.#canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('this browser gives no 2D canvas to a worker');
    sample.draw(context, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    const rgba = new Uint8Array(data.buffer);
    this.#for({ width, height }, { width, height }, upright).resample(rgba, width * 4, out, offset);
  }

  /** The tables for pictures of this size and orientation: a stream may change its size or its pixels midway. */
  #for(
    coded: { width: number; height: number },
    display: { width: number; height: number },
    orientation: Orientation,
  ): Resampler {
    const sizes = [coded.width, coded.height, display.width, display.height];
    const key = `${sizes.join(' ')} ${orientation.rotation} ${orientation.flip}`;
    if (this.#resampler && this.#key === key) return this.#resampler;
    const whole: Rect = { x: 0, y: 0, width: coded.width, height: coded.height };
    const crop = this.#framing === 'square' ? centreSquare(coded, display, orientation) : whole;
    this.#key = key;
    this.#resampler = new Resampler(coded, crop, orientation, this.#width, this.#height);
    return this.#resampler;
  }
}

/** Size at which a video is kept: its short side at most `shortSide`, never larger than the video. */
export function workingSize(
  display: { width: number; height: number },
  shortSide: number,
): { width: number; height: number } {
  const scale = Math.min(1, shortSide / Math.min(display.width, display.height));
  return {
    width: Math.max(1, Math.round(display.width * scale)),
    height: Math.max(1, Math.round(display.height * scale)),
  };
}
