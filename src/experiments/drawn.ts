// Drawn clips as the experiments use them. Evaluation takes indices that no pre-training reaches.

import { type ProceduralOptions, drawProceduralClip, proceduralLabels } from '../video/procedural.ts';
import type { ClipFrameSource } from '../tasks/clips.ts';
import type { LabelledClip } from '../tasks/evaluate.ts';

/** Look of a set of drawn clips. */
export type Look = Pick<ProceduralOptions, 'noise' | 'background' | 'colours'>;

/** First index of clips that are only evaluated; a multiple of all label counts, so that labels are balanced. */
export const firstEvaluated = 1_200_000;
/** Pictures are drawn at this side and brought to the model's by the usual transforms. */
const side = 64;
const frames = 48;

/** Clip `index` of a set; a frame is drawn when it is first asked for, the latest few hundred are kept. */
export function drawnSource(seed: number, index: number, look: Look): ClipFrameSource {
  const kept = new Map<number, Uint8Array>();
  return {
    frames,
    width: side,
    height: side,
    rgb(frame) {
      let picture = kept.get(frame);
      if (!picture) {
        picture = drawProceduralClip(seed, index, { frames: 1, start: frame, side, ...look }).rgb;
        kept.set(frame, picture);
      }
      return picture;
    },
  };
}

export function evaluatedClips(seed: number, count: number, axis: string, look: Look): LabelledClip[] {
  return Array.from({ length: count }, (_, i) => {
    const index = firstEvaluated + i;
    return {
      id: `drawn ${index}`,
      name: `Drawn clip ${index}`,
      label: proceduralLabels(seed, index)[axis],
      group: null,
      source: drawnSource(seed, index, look),
      clip: { kind: 'drawn', index },
    };
  });
}
