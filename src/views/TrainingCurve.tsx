// Mean error or skill of the shown clip over the run's training: a dot for every kept step that it was measured with. A dot is
// chosen by a click.

import { readingWords } from '../store/look-reading.ts';
import { lookAt, useLook } from '../store/look.ts';
import { useFields } from '../store/studio.ts';
import { overTraining, shownVolume } from './look-values.ts';
import { fixed } from './numbers.ts';
import { chartBox, chartNames, heightOf, SmallChart } from './SmallChart.tsx';

const title = 'By steps of training';

export function TrainingCurve() {
  const studio = useFields('run', 'viewed', 'maskSet');
  const look = useLook();
  const points = overTraining(studio, look, studio.maskSet);
  // two with trained weights; fewer are no curve
  if (points.filter((p) => p.step > 0).length < 2) return null;
  const shown = shownVolume(studio, look, 'current')?.step ?? null;
  const values = points.map((p) => p.value).filter(Number.isFinite);
  const low = Math.min(0, ...values);
  const top = Math.max(0, ...values) || (low < 0 ? 0 : 1);
  const last = points.at(-1)!.step;
  const x = (step: number) => chartBox.left + ((chartBox.right - chartBox.left) * step) / last;
  const y = heightOf(low, top);
  const line = points.map((p, i) => `${i ? 'L' : 'M'}${x(p.step).toFixed(1)} ${y(p.value).toFixed(1)}`).join('');
  return (
    <SmallChart
      title={title}
      label={`${readingWords(look)} ${title.toLowerCase()}: ${points.map((p) => `${p.step} ${fixed(p.value, 3)}`).join('; ')}`}
      picture="look-bars"
      testId="look-over-training"
      data={{ 'data-steps': points.map((p) => p.step).join(' ') }}
      y={y}
      ticks={[0, top, ...(low < 0 ? [low] : [])]}
      digits={2}
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
          <title>{`${p.step === 0 ? 'random weights' : `after ${p.step} steps`}: ${fixed(p.value, 3)}`}</title>
        </circle>
      ))}
      <text className="chart-axis" x={chartBox.left} y={chartNames}>
        0
      </text>
      <text className="chart-axis" x={chartBox.right} y={chartNames} textAnchor="end">
        {last} steps
      </text>
    </SmallChart>
  );
}
