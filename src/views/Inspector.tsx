// What lies under the pointer: token, place, role in every mask set, error.

import { gridOf } from '../core/config.ts';
import { placeNumbers, tokenPosition } from '../core/grid.ts';
import { sceneConfig, useFields } from '../store/studio.ts';
import { errorByToken, mapFields, shownMap } from './error-values.ts';
import { Fact } from './fields.tsx';

export function Inspector() {
  const studio = useFields(...mapFields, 'hovered', 'sets', 'maskSet');
  const { hovered, sets, maskSet } = studio;
  const { model } = sceneConfig(studio);
  const grid = gridOf(model);
  const all = grid.t * grid.h * grid.w;
  if (hovered === null || hovered >= all) {
    return (
      <section className="panel inspector" aria-label="Token">
        <h2>Token</h2>
        <p className="faint small">
          Point at a picture, or move in it with the arrow keys, to inspect one of its {all} tokens ({grid.t} tubelets
          of {grid.h} × {grid.w} patches).
        </p>
      </section>
    );
  }
  const at = tokenPosition(grid, hovered);
  const map = shownMap(studio);
  const role = (set: (typeof sets)[number]) =>
    set.context[0].includes(hovered) ? 'context' : set.target[0].includes(hovered) ? 'target' : 'unused';
  const error = map ? errorByToken(map, maskSet).get(hovered) : undefined;
  const p = model.patch;
  return (
    <section className="panel inspector" aria-label="Token">
      <h2>
        Token {hovered} <span className="faint">of {all}</span>
      </h2>
      <dl className="facts" aria-live="polite">
        <dt>Tubelet, row, column</dt>
        <dd>{placeNumbers(grid, hovered).join(', ')}</dd>
        <dt>Pixels</dt>
        <dd>
          {at.x * p}–{at.x * p + p - 1} × {at.y * p}–{at.y * p + p - 1}
        </dd>
        {sets.map((set, i) => (
          <Fact key={i} name={`Set ${i + 1}`} value={role(set)} />
        ))}
        {error !== undefined && <Fact name="Prediction error" value={error.toFixed(4)} />}
      </dl>
    </section>
  );
}
