// A still image as a clip: the same picture in every frame (what the official image evaluation feeds a video encoder).

/** images (B, 3, H, W) → clips (B, 3, frames, H, W). */
export function repeatImage(images: Float32Array, planes: number, frames: number): Float32Array<ArrayBuffer> {
  const size = images.length / planes; // planes = B · 3
  const clips = new Float32Array(images.length * frames);
  for (let p = 0; p < planes; p++)
    for (let t = 0; t < frames; t++) clips.set(images.subarray(p * size, (p + 1) * size), (p * frames + t) * size);
  return clips;
}
