// Initial weights as the official V-JEPA 1 trainer leaves them (app/vjepa/utils.py, init_video_model): every weight of a
// linear or convolution layer is normal with standard deviation 0.02, biases are 0, norms 1 and 0, mask tokens 0.
// The constructors divide proj and fc2 by sqrt(2 · layer), but the trainer initialises all linear layers again behind
// them, so that no depth rescale is left. trunc_normal_ with absolute bounds of ±2 is a plain normal at this width.

import { gridOf, type ModelConfig, type PredictionTarget, predictionWidth, predMlpRatio } from '../core/config.ts';
import { breathe } from '../core/breathe.ts';
import { makeKey, normal } from '../core/random.ts';
import { tokenCount } from '../core/grid.ts';
import type { Arena, layoutArena } from '../gpu/arena.ts';
import { encoderParameters, predictorParameters } from './parameters.ts';
import { sinCosPositions2d, sinCosPositions3d } from './positions.ts';

const deviation = 0.02;

/** Values that are drawn before others of the thread get a turn: a fraction of a second. Large models have a hundred million. */
const stretch = 2 ** 19;

/** Values of a whole arena. Randomness is a function of (seed, purpose, parameter, index). */
export async function initialWeights(
  arena: Arena,
  config: ModelConfig,
  seed: number,
  purpose: 'encoder' | 'predictor',
  onDrawn: (values: number) => void = () => {},
): Promise<Float32Array<ArrayBuffer>> {
  const key = makeKey(seed, `init ${purpose}`);
  const values = new Float32Array(arena.size);
  let ordinal = 0;
  let drawn = 0;
  const draw = async (into: Float32Array) => {
    for (let i = 0; i < into.length; i++) {
      into[i] = deviation * normal(key, ordinal, i);
      if (++drawn % stretch) continue;
      onDrawn(stretch);
      await breathe();
    }
  };
  for (const p of arena.parameters.values()) {
    const into = values.subarray(p.offset, p.offset + p.size);
    if (p.name.endsWith('pos_embed')) into.set(positions(config, p.shape[2]));
    else if (p.name.startsWith('mask_tokens')) into.fill(0);
    else if (/norm\d?\.weight$/.test(p.name)) into.fill(1);
    else if (p.name.endsWith('.weight')) await draw(into);
    ordinal++;
  }
  return values;
}

/** The fixed sin-cos table (N, dim). */
function positions(config: ModelConfig, dim: number): Float32Array {
  const grid = gridOf(config);
  return config.frames === 1 ? sinCosPositions2d(dim, grid) : sinCosPositions3d(dim, grid, config.uniformPower);
}

export interface NetworkArenas {
  encoder: Arena;
  predictor: Arena;
  target: Arena;
}

/** Arenas of encoder, predictor and target for a model, made by `make`: laid out only, or with memory. */
export function networkArenas(
  m: ModelConfig,
  maskTokens: number,
  make: typeof layoutArena,
  predicted: PredictionTarget = 'features',
): NetworkArenas {
  const outDim = predictionWidth(m, predicted);
  const grid = gridOf(m);
  const tokens = tokenCount(grid);
  const encoder = encoderParameters({ ...m, tokens });
  return {
    encoder: make('encoder', encoder, true),
    predictor: make(
      'predictor',
      predictorParameters({ ...m, mlpRatio: predMlpRatio, tokens, maskTokens, outDim }),
      true,
    ),
    target: make('target', encoder, false),
  };
}

/** Official start: the target is a copy of the encoder. `onProgress` is told millions of values. */
export async function initialiseNetworks(
  device: GPUDevice,
  nets: NetworkArenas,
  m: ModelConfig,
  seed: number,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<void> {
  let done = 0;
  const onDrawn = (values: number) =>
    onProgress(Math.round((done += values) / 1e6), Math.round((nets.encoder.size + nets.predictor.size) / 1e6));
  const encoder = await initialWeights(nets.encoder, m, seed, 'encoder', onDrawn);
  const predictor = await initialWeights(nets.predictor, m, seed, 'predictor', onDrawn);
  device.queue.writeBuffer(nets.encoder.weights.place!.buffer, 0, encoder);
  device.queue.writeBuffer(nets.target.weights.place!.buffer, 0, encoder);
  device.queue.writeBuffer(nets.predictor.weights.place!.buffer, 0, predictor);
}
