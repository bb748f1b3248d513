// Mean error or skill of the shown clip over the run's training: a dot for every kept step that it was measured with. A dot is
// chosen by a click.

import { lookAt, useLook } from '../store/look.ts';
import { useStudio } from '../store/studio.ts';
import { overTraining, shownVolume } from './look-values.ts';

const width = 280;
const height = 128;
const edge = { left: 30, right: 8, top: 10, bottom: 18 };
const title = 'By steps of training';

export function TrainingCurve() {
  const studio = useStudio();
  const look = useLook();
  const points = overTraining(studio, look, studio.maskSet);
  // two with trained weights; fewer are no curve
  if (points.filter((p) => p.step > 0).length < 2) return null;
  const shown = shownVolume(studio, look, 'current')?.step ?? null;
  const values = points.map((p) => p.value).filter(Number.isFinite);
  const top = Math.max(0, ...values) || 1;
  const low = Math.max(-1, Math.min(0, ...values));
  const last = points.at(-1)!.step;
  const x = (step: number) => edge.left + ((width - edge.left - edge.right) * step) / last;
  const y = (v: number) =>
    edge.top + (height - edge.top - edge.bottom) * (1 - (Math.min(Math.max(v, low), top) - low) / (top - low || 1));
  const line = points.map((p, i) => `${i ? 'L' : 'M'}${x(p.step).toFixed(1)} ${y(p.value).toFixed(1)}`).join('');
  return (
    <figure>
      <figcaption className="small">{title}</figcaption>
      <svg
        className="small-chart"
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`${look.quantity} ${title.toLowerCase()}: ${points.map((p) => `${p.step} ${p.value.toFixed(3)}`).join('; ')}`}
        data-picture="look-bars"
        data-testid="look-over-training"
        data-caption={title}
        data-steps={points.map((p) => p.step).join(' ')}
      >
        <path className="line-now line-trained" d={line} />
        {points.map((p) => (
          <circle
            key={p.step}
            className={p.step === shown ? 'dot-training dot-shown' : 'dot-training'}
            cx={x(p.step)}
            cy={y(p.value)}
            r={p.step === shown ? 5 : 3.5}
            onClick={() => {
              if (p.step > 0) lookAt(p.step === studio.run?.step ? null : p.step);
            }}
          >
            <title>{`${p.step === 0 ? 'random weights' : `after ${p.step} steps`}: ${p.value.toFixed(3)}`}</title>
          </circle>
        ))}
        <line className="chart-line" x1={edge.left} x2={width - edge.right} y1={y(0)} y2={y(0)} />
        {[top, ...(low < 0 ? [low] : []), 0].map((v) => (
          <text key={v} className="chart-axis" x={edge.left - 4} y={y(v) + 3} textAnchor="end">
            {v === 0 ? '0' : v.toFixed(2)}
          </text>
        ))}
        <text className="chart-axis" x={edge.left} y={height - 5}>
          0
        </text>
        <text className="chart-axis" x={width - edge.right} y={height - 5} textAnchor="end">
          {last} steps
        </text>
      </svg>
    </figure>
  );
}
