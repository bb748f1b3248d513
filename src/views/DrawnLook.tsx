// How the drawn clips look: noise, background, colours. A change draws the whole set again.

import { useId } from 'react';
import { backgrounds, colourings, type DrawnLook } from '../core/drawn-look.ts';
import { isActive } from '../store/actions.ts';
import { chooseLook } from '../store/drawn.ts';
import { useStudio } from '../store/studio.ts';
import { ChoiceField } from './fields.tsx';

/** Beyond this a body can hardly be told from the noise. */
const mostNoise = 0.4;

export function DrawnLookFields() {
  const look = useStudio((s) => s.drawnLook);
  const training = useStudio((s) => isActive(s.run));
  const noise = useId();
  const change = (part: Partial<DrawnLook>) => chooseLook({ ...look, ...part });
  return (
    <fieldset className="look" disabled={training} aria-label="Look of drawn clips">
      <div className="field">
        <label htmlFor={noise}>Noise</label>
        <span className="row">
          <input
            id={noise}
            type="range"
            min={0}
            max={mostNoise}
            step={0.01}
            value={look.noise}
            data-testid="drawn-noise"
            onChange={(event) => change({ noise: event.target.valueAsNumber })}
          />
          <output htmlFor={noise}>{look.noise.toFixed(2)}</output>
        </span>
      </div>
      <ChoiceField
        label="Background"
        field="look.background"
        testId="drawn-background"
        value={look.background}
        options={backgrounds.map((value) => ({ value, label: value }))}
        onChange={(background) => change({ background })}
      />
      <ChoiceField
        label="Colours"
        field="look.colours"
        testId="drawn-colours"
        value={look.colours}
        options={colourings.map((value) => ({ value, label: value }))}
        onChange={(colours) => change({ colours })}
      />
      {training && <p className="faint small">They change once the run has ended.</p>}
    </fieldset>
  );
}
