// What AdamW and the momentum update did, layer by layer.

import { useRef } from 'react';
import type { SlowStep } from '../protocol/slow.ts';
import { pictureTitle, saveTrainPng } from '../store/train-pictures.ts';
import { tableSheet } from './chart-sheet.ts';
import { rounded } from './numbers.ts';
import { SavePicture } from './SavePicture.tsx';
import { stageNames } from './slow-words.ts';

export function SlowLayers({ s, stage }: { s: SlowStep; stage: 'adamw' | 'ema' }) {
  const ema = stage === 'ema';
  const layers = s.layers.filter((l) => !ema || l.lagAfter !== null);
  const value = (l: SlowStep['layers'][number]) => (ema ? (l.lagAfter ?? 0) : l.update);
  const most = Math.max(...layers.map(value)) || 1;
  const table = useRef<HTMLTableElement>(null);
  const save = async () => {
    if (!table.current) return;
    const title = pictureTitle(`${stageNames[stage]} of step ${s.step + 1}`);
    await saveTrainPng(`slow-${stage}`, tableSheet(table.current, title));
  };
  return (
    <div className="slow-layers" data-testid="slow-layers">
      <SavePicture of={`layers, ${stageNames[stage]}`} save={save} />
      <table className="small" ref={table}>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">{ema ? 'Lag before' : 'Gradient'}</th>
            {ema && <th scope="col">AdamW moved</th>}
            <th scope="col">{ema ? 'EMA followed' : 'Update / weights'}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {layers.map((l, i) => (
            <tr key={i}>
              <th scope="row">{l.name}</th>
              <td>{rounded(ema ? (l.lagBefore ?? 0) : l.gradient)}</td>
              {ema && <td>{l.lagMoved === null ? '–' : rounded(l.lagMoved)}</td>}
              <td>{rounded(value(l))}</td>
              <td className="bar">
                <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
                  <rect width={(100 * value(l)) / most} height="6" />
                </svg>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
