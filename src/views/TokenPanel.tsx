// The token under the cursor, or the selected one: place, pixels, role in every mask set, and how often it has which role
// over the measured draws.

import { useEffect, useRef } from 'react';
import { placeNumbers, tokenPosition } from '../core/grid.ts';
import { patch, useStudio } from '../store/studio.ts';
import { PairBars } from './charts.tsx';
import { Fact } from './fields.tsx';
import { Panel } from './Panel.tsx';
import { useStatistics } from './statistics.ts';
import { useYourMask } from './your-mask.ts';
import { paintFrame } from './paint.ts';
import { framesPerTubelet, type Scene } from './scene.ts';

export const percent = (share: number): string =>
  share > 0 && share < 0.01 ? '< 1 %' : share < 1 && share > 0.99 ? '> 99 %' : `${Math.round(share * 100)} %`;

export function TokenPanel({ scene }: { scene: Scene }) {
  const hovered = useStudio((s) => s.hovered);
  const selected = useStudio((s) => s.selected);
  const sets = useStudio((s) => s.sets);
  const maskSet = useStudio((s) => s.maskSet);
  const cut = useStudio((s) => s.labConfig.maskCut);
  const { statistics, outdated } = useStatistics();
  const beside = useYourMask();
  const { grid, model } = scene;
  const all = grid.t * grid.h * grid.w;
  const token = hovered ?? selected;
  if (token === null || token >= all) {
    return (
      <Panel title="Token">
        <p className="faint small">
          Point at a token in any view, or move in a picture with the arrow keys. A click or Enter keeps it here.
        </p>
      </Panel>
    );
  }
  const at = tokenPosition(grid, token);
  const p = model.patch;
  const first = at.t * framesPerTubelet(model);
  const role = (set: (typeof sets)[number]) =>
    set.context[0].includes(token) ? 'context' : set.target[0].includes(token) ? 'target' : 'unused';
  const plane = grid.h * grid.w;
  const measured = statistics?.sets.map((s) => s.cuts[cut]);
  const fits = measured?.every((s) => s.contextFrequency.length === all) ?? false;
  const shown = fits ? measured?.[maskSet] : undefined;
  const path = (frequency: Float32Array) =>
    Array.from({ length: grid.t }, (_, t) => 100 * frequency[t * plane + at.y * grid.w + at.x]);
  const spoken = (frequency: Float32Array) =>
    path(frequency)
      .map((v) => v.toFixed(0))
      .join(', ');
  return (
    <Panel
      title={`Token ${token}`}
      note={`of ${all}${hovered === null ? ', selected' : ''}${beside ? ', your mask' : ''}`}
    >
      <div className="token-head">
        <Patch scene={scene} token={token} />
        <dl className="facts" data-testid="lab-token" data-token={token}>
          <Fact name="Tubelet, row, column" value={placeNumbers(grid, token).join(', ')} />
          <Fact name="Pixels across" value={`${at.x * p}–${at.x * p + p - 1}`} />
          <Fact name="Pixels down" value={`${at.y * p}–${at.y * p + p - 1}`} />
          <Fact
            name="Frames"
            value={framesPerTubelet(model) === 1 ? `${first + 1}` : `${first + 1}–${first + framesPerTubelet(model)}`}
          />
        </dl>
      </div>
      <table className="numbers">
        <thead>
          <tr>
            <th scope="col">Set</th>
            <th scope="col">now</th>
            <th scope="col">context</th>
            <th scope="col">target</th>
          </tr>
        </thead>
        <tbody>
          {sets.map((set, i) => (
            <tr key={i} aria-current={i === maskSet}>
              <th scope="row">{i + 1}</th>
              <td>
                <i className={`key key-${role(set)}`} aria-hidden="true" /> {role(set)}
              </td>
              <td>{!outdated && fits && measured?.[i] ? percent(measured[i].contextFrequency[token]) : '…'}</td>
              <td>{!outdated && fits && measured?.[i] ? percent(measured[i].targetFrequency[token]) : '…'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown && (
        <>
          <p className="small faint">
            {outdated ? 'Of the settings before' : `Shares of ${statistics?.clips} draws, cut ${cut}`}. This place
            through time, in percent
          </p>
          <PairBars
            context={path(shown.contextFrequency)}
            target={path(shown.targetFrequency)}
            most={100}
            current={at.t}
            picture="place"
            caption={`Row ${at.y + 1}, column ${at.x + 1} by tubelet, percent of ${statistics?.clips} draws${outdated ? ' of the settings before' : `, cut ${cut}`}`}
            label={`${outdated ? 'Of the settings before: row' : 'Row'} ${at.y + 1}, column ${at.x + 1}, by tubelet: context in ${spoken(shown.contextFrequency)} percent of draws, target in ${spoken(shown.targetFrequency)} percent`}
          />
        </>
      )}
      {selected !== null && (
        <button type="button" className="link end" onClick={() => patch({ selected: null })}>
          Let go
        </button>
      )}
    </Panel>
  );
}

const patchSide = 72;

/** The token's pixels: one small picture per frame of its tubelet. */
function Patch({ scene, token }: { scene: Scene; token: number }) {
  const viewed = useStudio((s) => s.viewed);
  const box = useRef<HTMLDivElement>(null);
  const { grid, model } = scene;
  const at = tokenPosition(grid, token);
  const frames = Math.min(framesPerTubelet(model), 2);
  useEffect(() => {
    for (const [i, canvas] of [...(box.current?.querySelectorAll('canvas') ?? [])].entries()) {
      const ctx = canvas.getContext('2d');
      if (!ctx || !viewed) continue;
      ctx.save();
      ctx.translate(-at.x * patchSide, -at.y * patchSide);
      paintFrame(ctx, patchSide * grid.w, viewed, at.t * framesPerTubelet(model) + i);
      ctx.restore();
    }
  });
  return (
    <div ref={box} className="patches" role="img" aria-label={`The pixels of token ${token}, ${frames} frames`}>
      {Array.from({ length: frames }, (_, i) => (
        <canvas key={i} width={patchSide} height={patchSide} />
      ))}
    </div>
  );
}
