// What lies under the pointer: token, place, role in every mask set, error.

import { gridOf } from '../core/config.ts';
import { tokenPosition } from '../core/grid.ts';
import { useStudio } from '../store/studio.ts';
import { errorByToken, shownMap } from './error-values.ts';

export function Inspector() {
  const { hovered, config, sets, run, stored, viewed, whichMap, maskSet, draw } = useStudio();
  const grid = gridOf(config.model);
  const all = grid.t * grid.h * grid.w;
  if (hovered === null || hovered >= all) {
    return (
      <section className="panel inspector" aria-label="Token">
        <h2>Token</h2>
        <p className="faint small">
          Point at a picture to inspect one of its {all} tokens ({grid.t} tubelets of {grid.h} × {grid.w} patches).
        </p>
      </section>
    );
  }
  const at = tokenPosition(grid, hovered);
  const map = shownMap({ run, stored, viewed, whichMap, draw, config });
  const role = (set: (typeof sets)[number]) =>
    set.context[0].includes(hovered) ? 'context' : set.target[0].includes(hovered) ? 'target' : 'unused';
  const error = map ? errorByToken(map, maskSet).get(hovered) : undefined;
  const p = config.model.patch;
  return (
    <section className="panel inspector" aria-label="Token">
      <h2>
        Token {hovered} <span className="faint">of {all}</span>
      </h2>
      <dl className="facts">
        <dt>Tubelet, row, column</dt>
        <dd>
          {at.t}, {at.y}, {at.x}
        </dd>
        <dt>Pixels</dt>
        <dd>
          {at.x * p}–{at.x * p + p - 1} × {at.y * p}–{at.y * p + p - 1}
        </dd>
        {sets.map((set, i) => (
          <FragmentFact key={i} name={`Set ${i + 1}`} value={role(set)} />
        ))}
        {error !== undefined && <FragmentFact name="Prediction error" value={error.toFixed(4)} />}
      </dl>
    </section>
  );
}

const FragmentFact = ({ name, value }: { name: string; value: string }) => (
  <>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </>
);
