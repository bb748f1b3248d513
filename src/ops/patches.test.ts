import { describe, it } from 'vitest';
import { checkOperation, variants, zeros } from '../testing/check-operation.ts';
import { type ClipShape, patches } from './patches.ts';

/** The order of a Conv3d kernel, spelled out with one loop per axis. */
function patchesRef(clips: Float64Array, tokens: Float64Array, s: ClipShape) {
  const w = s.width / s.patch;
  const h = s.height / s.patch;
  const V = 3 * s.tubelet * s.patch * s.patch;
  const out = zeros(tokens.length / 2, V);
  for (let i = 0; i < tokens.length / 2; i++) {
    const [b, n] = [tokens[2 * i], tokens[2 * i + 1]];
    const [t0, y0, x0] = [Math.floor(n / (h * w)), Math.floor((n % (h * w)) / w), n % w];
    let v = 0;
    for (let c = 0; c < 3; c++)
      for (let t = 0; t < s.tubelet; t++)
        for (let y = 0; y < s.patch; y++)
          for (let x = 0; x < s.patch; x++)
            out.data[i * V + v++] =
              clips[
                (((b * 3 + c) * s.frames + t0 * s.tubelet + t) * s.height + y0 * s.patch + y) * s.width +
                  x0 * s.patch +
                  x
              ];
  }
  return out;
}

describe('patches', () => {
  it.each<{ label: string; shape: ClipShape; B: number }>([
    { label: 'video', shape: { frames: 4, height: 6, width: 9, tubelet: 2, patch: 3 }, B: 2 },
    { label: 'image', shape: { frames: 1, height: 8, width: 4, tubelet: 1, patch: 4 }, B: 3 },
  ])('$label: kept tokens, and the gradient of all', ({ shape, B }) => {
    const N = (shape.frames / shape.tubelet) * (shape.height / shape.patch) * (shape.width / shape.patch);
    // every token once, so that the whole clip has a gradient
    const all = Array.from({ length: B * N }, (_, i) => [B - 1 - Math.floor(i / N), (i * 5) % N]).flat();
    return checkOperation({
      variant: variants[0].variant,
      sizes: [{ n: B * N }],
      inputs: {
        clips: { rows: B, cols: 3 * shape.frames * shape.height * shape.width },
        tokens: { rows: 'n', cols: 2, type: 'u32', data: () => all },
      },
      record: (plan, t) => patches(plan, t.clips, t.tokens, shape, 'rows'),
      reference: (t) => patchesRef(t.clips.data, t.tokens.data, shape),
    });
  });
});
