// Frames of one video in memory, bounded: when they become too many, every second one is let go.

/** How the pictures of a video are kept. A store of the same size and bytes thins the same frames to as many again. */
export interface KeptForm {
  width: number;
  height: number;
  keptFrames: number;
}

/** Bytes that pictures kept so take. */
export const formBytes = ({ width, height, keptFrames }: KeptForm): number => width * height * 3 * keptFrames;

/** Decoded frames by presentation time, of which every `stride`-th is kept as RGB. */
export class FrameStore {
  /** size of the kept pictures */
  readonly width: number;
  readonly height: number;
  /** presentation time of every frame that was decoded, seconds, ascending */
  readonly times: number[] = [];
  #stride = 1;
  #kept: Uint8Array<ArrayBuffer>[] = [];
  readonly #most: number;

  /** `bytes` is the budget; two frames are kept at least. */
  constructor(width: number, height: number, bytes: number) {
    this.width = width;
    this.height = height;
    this.#most = Math.max(2, Math.floor(bytes / (width * height * 3)));
  }

  /** Frames of the video. */
  get frames(): number {
    return this.times.length;
  }

  /** Every how many-th frame is kept. */
  get stride(): number {
    return this.#stride;
  }

  get keptFrames(): number {
    return this.#kept.length;
  }

  get bytes(): number {
    return formBytes(this);
  }

  /** Takes note of the next frame. Returns the picture to fill, (H, W, 3), or null when this frame is not kept. */
  add(time: number): Uint8Array<ArrayBuffer> | null {
    const frame = this.times.length;
    this.times.push(time);
    if (frame % this.#stride) return null;
    if (this.#kept.length >= this.#most) {
      this.#kept = this.#kept.filter((_, i) => i % 2 === 0);
      this.#stride *= 2;
      if (frame % this.#stride) return null;
    }
    const picture = new Uint8Array(this.width * this.height * 3);
    this.#kept.push(picture);
    return picture;
  }

  /** Takes back the frame that was added last: its picture could not be had. */
  dropLast(): void {
    const frame = this.times.length - 1;
    this.times.pop();
    if (frame % this.#stride === 0) this.#kept.pop();
  }

  /** The kept picture nearest to `frame` (an index into all frames), (H, W, 3). Not a copy. */
  rgb(frame: number): Uint8Array<ArrayBuffer> {
    const at = Math.round(frame / this.#stride);
    return this.#kept[Math.max(0, Math.min(this.#kept.length - 1, at))];
  }
}
