// Which numbers of an encoder's output are the tokens of the clip: (B, N, C) with what stands before the grid left out, or
// (B, C, h, w) and its like. Pure.

import { sizesText } from './encoder-graph.ts';
import { StudioError } from './errors.ts';
import { type Grid, tokenCount } from './grid.ts';

/** What went in at once. */
export interface Fed {
  /** 1 for an encoder of pictures */
  frames: number;
  side: number;
}

export interface TokenLayout {
  grid: Grid;
  channels: number;
  /** class and register tokens before the grid, left out */
  extra: number;
  /** tokens: (N, C); first: (C, t, h, w); last: (t, h, w, C) */
  form: 'tokens' | 'first' | 'last';
  /** the grid was found by the number of tokens, not by the patch embedding */
  guessed: boolean;
}

/** Class and register tokens that encoders are known to have, likely ones first: DINOv2 with registers has 1 + 4. */
const extras = [0, 1, 5, 2, 3, 4, 6, 7, 8, 9, 16, 17];
const patchSizes = [16, 14, 32, 8, 12, 20, 24, 28, 30, 40, 48, 56, 64, 10, 7, 6, 5, 4, 2, 1];
const tubelets = [2, 1, 4, 8, 16, 3];

/** Grids that clips of this size may be cut into: by the patch embeddings of the graph, then by what is usual. */
function grids({ frames, side }: Fed, patches: readonly number[][]): { grid: Grid; guessed: boolean }[] {
  const known: Grid[] = [];
  for (const kernel of patches) {
    const [h, w] = kernel.slice(-2).map((k) => Math.floor(side / k));
    const cuts = kernel.length === 3 ? [kernel[0]] : frames === 1 ? [1] : [1, 2];
    for (const cut of cuts) if (frames % cut === 0) known.push({ t: frames / cut, h, w });
  }
  const usual: Grid[] = [];
  for (const patch of patchSizes)
    for (const cut of frames === 1 ? [1] : tubelets)
      if (side % patch === 0 && frames % cut === 0) usual.push({ t: frames / cut, h: side / patch, w: side / patch });
  return [...known.map((grid) => ({ grid, guessed: false })), ...usual.map((grid) => ({ grid, guessed: true }))].filter(
    ({ grid }) => tokenCount(grid) > 0,
  );
}

/** How an output of these sizes holds tokens. Throws StudioError 'format' with a sentence when it holds none. */
export function layTokens(
  output: string,
  sizes: readonly number[],
  fed: Fed,
  patches: readonly number[][],
): TokenLayout {
  const refuse = (why: string, advice: string): never => {
    throw new StudioError('format', `The output ${output} is of ${sizesText(sizes)}: ${why}.`, advice);
  };
  if (sizes.length < 3)
    return refuse(
      'one answer for the whole clip, as a classifier gives it, and no tokens',
      'Export the encoder without its head and without pooling.',
    );
  if (sizes[0] !== 1) return refuse(`it holds ${sizes[0]} clips where one went in`, 'Export it for a batch of 1.');
  const possible = grids(fed, patches);
  if (sizes.length === 3) {
    const [, N, channels] = sizes;
    for (const guessed of [false, true])
      for (const extra of extras)
        for (const { grid, guessed: guess } of possible)
          if (guess === guessed && tokenCount(grid) + extra === N)
            return { grid, channels, extra, form: 'tokens', guessed };
  }
  const inside = sizes.slice(1);
  if (sizes.length === 4 || sizes.length === 5) {
    // the grid of (h, w) or (t, h, w), with the channels before it or behind it
    const same = (places: readonly number[], { t, h, w }: Grid): boolean =>
      places.length === 2 ? t === 1 && places[0] === h && places[1] === w : places.join() === [t, h, w].join();
    for (const { grid, guessed } of possible) {
      if (same(inside.slice(1), grid)) return { grid, channels: inside[0], extra: 0, form: 'first', guessed };
      const channels = inside[inside.length - 1];
      if (same(inside.slice(0, -1), grid)) return { grid, channels, extra: 0, form: 'last', guessed };
    }
  }
  const [likely] = possible;
  const what = fed.frames === 1 ? 'A picture' : `A clip of ${fed.frames} frames`;
  return refuse(
    `that fits no grid of tokens${likely ? `. ${what} of ${fed.side} × ${fed.side} pixels would have ${tokenCount(likely.grid)} of them, as ${sizesText(fed.frames === 1 ? [likely.grid.h, likely.grid.w] : [likely.grid.t, likely.grid.h, likely.grid.w])}` : ''}`,
    'Choose another output, another size or number of frames.',
  );
}

/** The tokens of an output, (N, C). */
export function takeTokens(data: ArrayLike<number>, layout: TokenLayout): Float32Array<ArrayBuffer> {
  const { grid, channels: C, extra, form } = layout;
  const N = tokenCount(grid);
  const out = new Float32Array(N * C);
  if (form === 'first') for (let n = 0; n < N; n++) for (let c = 0; c < C; c++) out[n * C + c] = data[c * N + n];
  else for (let i = 0; i < out.length; i++) out[i] = data[extra * C + i];
  return out;
}
