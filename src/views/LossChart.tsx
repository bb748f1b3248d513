// Curves of a run. recharts comes with this file only, so that the first screen does without it.

import { useRef, useState } from 'react';
import { CartesianGrid, Line, LineChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { StoredMetrics } from '../core/stored-run.ts';
import { linearTicks, tickNames, ticksAround } from './axis-ticks.ts';
import { chartSheet } from './chart-sheet.ts';
import { downsample } from './downsample.ts';
import { LineKey, strokeAt } from './LineKey.tsx';
import { short } from './numbers.ts';
import { SavePicture } from './SavePicture.tsx';
import { shortAlike } from './short-alike.ts';
import type { CurveKind } from '../store/studio.ts';
import { pictureTitle, saveTrainPng } from '../store/train-pictures.ts';

/** Health has charts of its own. */
type ChartKind = Exclude<CurveKind, 'health'>;

/** What the lines of a picture are, over steps. */
const titles: Record<ChartKind, string> = {
  loss: 'Loss',
  terms: 'Terms of the loss',
  gradients: 'Norms of the gradient',
  schedule: 'Schedule',
};

/** Points of a curve. */
const most = 400;

interface Curve {
  name: string;
  value: (m: StoredMetrics) => number;
  log?: boolean;
}

function curvesOf(kind: ChartKind, sets: number): Curve[] {
  switch (kind) {
    case 'loss':
      return Array.from({ length: sets }, (_, i) => ({
        name: `mask set ${i + 1}`,
        value: (m: StoredMetrics) => m.lossPerSet[i],
      }));
    case 'terms':
      return [
        { name: 'latent', value: (m) => m.terms.latent },
        { name: 'variance', value: (m) => m.terms.variance },
        { name: 'SIGReg', value: (m) => m.terms.sigreg, log: true },
      ];
    case 'gradients':
      return [
        { name: 'encoder', value: (m) => m.encoderNorm, log: true },
        { name: 'predictor', value: (m) => m.predictorNorm, log: true },
      ];
    case 'schedule':
      return [
        { name: 'learning rate', value: (m) => m.lr, log: true },
        { name: 'weight decay', value: (m) => m.weightDecay, log: true },
        { name: '1 − momentum', value: (m) => 1 - m.momentum, log: true },
      ];
  }
  return kind satisfies never;
}

interface Props {
  metrics: StoredMetrics[];
  kind: ChartKind;
  /** steps after which settings were changed */
  changes: readonly number[];
  /** steps that another run had taken where this one branched off it */
  branchedAt: number | null;
}

export default function LossChart({ metrics, kind, changes, branchedAt }: Props) {
  const [askedLog, askLog] = useState(false);
  const curves = curvesOf(kind, metrics[0]?.lossPerSet.length ?? 1);
  const drawn = downsample(
    metrics,
    most,
    curves.map((c) => c.value),
  );
  const rows = drawn.map((m) => Object.fromEntries([['step', m.step + 1], ...curves.map((c) => [c.name, c.value(m)])]));
  const last = metrics.at(-1);
  const now = last ? shortAlike(curves.map((c) => c.value(last))) : [];
  const summary = now.map((value, i) => `${curves[i].name} ${value}`).join(', ');
  const marks = [
    ...(branchedAt === null ? [] : [`branched off after step ${branchedAt}`]),
    ...(changes.length ? [`settings changed after step ${changes.join(' and ')}`] : []),
  ];
  const free = !curves.some((c) => c.log);
  const log = (askedLog || !free) && metrics.some((m) => curves.every((c) => c.value(m) > 0));
  const ticks = ticksAround(
    drawn.flatMap((m) => curves.map((c) => c.value(m))),
    log,
  );
  const names = tickNames(ticks);
  const end = (last?.step ?? 0) + 1;
  const box = useRef<HTMLDivElement>(null);
  const save = async () => {
    const svg = box.current?.querySelector<SVGSVGElement>('svg.recharts-surface');
    if (!svg) return;
    const caption = [`Over steps of training${log ? ', logarithmic' : ''}`, ...marks].join('; ');
    const keys = [...(box.current?.querySelectorAll('[data-key]') ?? [])];
    const sheet = { title: pictureTitle(titles[kind]), across: 1 };
    await saveTrainPng(kind, await chartSheet([{ svg, caption, keys }], sheet));
  };
  return (
    <div className="chart" ref={box}>
      <div
        role="img"
        aria-label={[`${kind} over ${end} steps${log ? ' on a log axis' : ''}, now ${summary}`, ...marks].join(', ')}
      >
        <ResponsiveContainer width="100%" height="100%">
          <LineChart data={rows} margin={{ top: 8, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid stroke="var(--line)" vertical={false} />
            <XAxis
              dataKey="step"
              type="number"
              domain={[0, end]}
              ticks={linearTicks(0, end).filter(Number.isInteger)}
              tickFormatter={(step) => (Number(step) === 0 ? '0 steps' : String(step))}
              tick={{ fontSize: 11, fill: 'var(--faint)' }}
              stroke="var(--line)"
              tickLine={false}
              interval="preserveStartEnd"
              minTickGap={40}
              height={20}
            />
            <YAxis
              scale={log ? 'log' : 'linear'}
              domain={[ticks[0], ticks[ticks.length - 1]]}
              ticks={ticks}
              interval={0}
              allowDataOverflow={log}
              tickFormatter={(v) => names[ticks.indexOf(Number(v))] ?? short(Number(v))}
              tick={{ fontSize: 11, fill: 'var(--faint)' }}
              stroke="var(--line)"
              tickLine={false}
              width={48}
            />
            <Tooltip
              isAnimationActive={false}
              formatter={(v) => short(Number(v))}
              labelFormatter={(step) => `step ${Number(step)}`}
              contentStyle={{
                background: 'var(--panel)',
                border: '1px solid var(--line)',
                borderRadius: 6,
                fontSize: 12,
              }}
            />
            {branchedAt !== null && (
              <ReferenceLine
                x={branchedAt}
                stroke="var(--faint)"
                label={{ value: 'branch', position: 'insideTopRight', fontSize: 11, fill: 'var(--faint)' }}
              />
            )}
            {changes.map((step) => (
              <ReferenceLine key={step} x={step} stroke="var(--edge)" strokeDasharray="2 2" />
            ))}
            {curves.map((c, i) => (
              <Line
                key={c.name}
                dataKey={c.name}
                {...strokeAt(i)}
                strokeWidth={1.5}
                dot={rows.length < 3}
                isAnimationActive={false}
              />
            ))}
          </LineChart>
        </ResponsiveContainer>
      </div>
      <div className="legend small">
        {curves.map((c, i) => (
          <span key={c.name} data-key>
            <LineKey {...strokeAt(i)} />
            {c.name} <b>{now[i]}</b>
          </span>
        ))}
        {free && (
          <label className="row">
            <input type="checkbox" checked={askedLog} onChange={(event) => askLog(event.target.checked)} /> log axis
          </label>
        )}
        <SavePicture of={titles[kind].toLowerCase()} save={save} />
      </div>
    </div>
  );
}
