// What AdamW and the momentum update did, layer by layer.

import type { SlowStep } from '../protocol/slow.ts';
import { rounded } from './numbers.ts';

export function SlowLayers({ s, stage }: { s: SlowStep; stage: 'adamw' | 'ema' }) {
  const ema = stage === 'ema';
  const layers = s.layers.filter((l) => !ema || l.lagAfter !== null);
  const value = (l: SlowStep['layers'][number]) => (ema ? (l.lagAfter ?? 0) : l.update);
  const most = Math.max(...layers.map(value)) || 1;
  return (
    <div className="slow-layers" data-testid="slow-layers">
      <table className="small">
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">{ema ? 'Lag before' : 'Gradient'}</th>
            <th scope="col">{ema ? 'Lag after' : 'Update / weights'}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {layers.map((l, i) => (
            <tr key={i}>
              <th scope="row">{l.name}</th>
              <td>{rounded(ema ? (l.lagBefore ?? 0) : l.gradient)}</td>
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
