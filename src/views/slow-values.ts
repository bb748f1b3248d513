// Numbers of a slow step as pictures want them: a value per token, rows of numbers side by side.

import type { SlowSet, SlowStage, SlowStep } from '../protocol/slow.ts';

/** Cosine of row `of` with every row of (rows, cols); 0 for a row of zeros. */
export function cosines(values: Float32Array, cols: number, of: number): Float32Array {
  const rows = values.length / cols;
  const out = new Float32Array(rows);
  for (let i = 0; i < rows; i++) {
    let dot = 0;
    let a = 0;
    let b = 0;
    for (let c = 0; c < cols; c++) {
      const [x, y] = [values[i * cols + c], values[of * cols + c]];
      dot += x * y;
      a += x * x;
      b += y * y;
    }
    out[i] = a && b ? dot / Math.sqrt(a * b) : 0;
  }
  return out;
}

/** The token that a stage is looked at from: the one under the cursor if the stage has it, else its first. */
export function chosenToken(stage: SlowStage, set: SlowSet, hovered: number | null): number {
  const tokens = stage === 'patches' || stage === 'encoder' || stage === 'gradient' ? set.context : set.target;
  return hovered !== null && tokens.includes(hovered) ? hovered : tokens[0];
}

const byToken = (tokens: Int32Array, values: ArrayLike<number>): Map<number, number> =>
  new Map(Array.from(tokens, (token, i) => [token, values[i]]));

/** What is drawn over the clip at a stage, token by token; empty where nothing is. */
export function stageValues(stage: SlowStage, s: SlowStep, set: SlowSet, token: number): Map<number, number> {
  const { context, target } = set;
  if (stage === 'encoder') return byToken(context, cosines(set.features, s.dim, context.indexOf(token)));
  if (stage === 'predictor') return byToken(target, cosines(set.predictions, s.width, target.indexOf(token)));
  if (stage === 'targets') return byToken(target, cosines(set.targets, s.width, target.indexOf(token)));
  if (stage === 'error') return byToken(target, set.error);
  if (stage === 'gradient') return byToken(context, set.featureGradient);
  return new Map();
}

/** Whether the gradients at all hidden tokens are of one length: so it is with L1, and with nothing else in the loss. */
export function pullsEqually({ predictionGradient: lengths }: SlowSet): boolean {
  const [least, most] = [Math.min(...lengths), Math.max(...lengths)];
  return most - least < 1e-3 * most;
}

/** Rows of numbers of the chosen token, for drawing them side by side. */
export function stageRows(
  stage: SlowStage,
  s: SlowStep,
  set: SlowSet,
  token: number,
): { name: string; values: Float32Array }[] {
  const row = (values: Float32Array, tokens: Int32Array, cols: number) => {
    const i = tokens.indexOf(token);
    return values.slice(i * cols, (i + 1) * cols);
  };
  const prediction = () => ({ name: 'prediction', values: row(set.predictions, set.target, s.width) });
  const target = () => ({ name: 'target', values: row(set.targets, set.target, s.width) });
  if (stage === 'patches') {
    return [{ name: 'pixels', values: row(set.patches, set.context, set.patches.length / set.context.length) }];
  }
  if (stage === 'encoder') return [{ name: 'features', values: row(set.features, set.context, s.dim) }];
  if (stage === 'predictor') return [prediction()];
  if (stage === 'targets') return [prediction(), target()];
  if (stage !== 'error') return [];
  const rows = [prediction(), target()];
  return [...rows, { name: 'difference', values: rows[0].values.map((v, i) => v - rows[1].values[i]) }];
}
