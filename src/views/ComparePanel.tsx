// Two to four maskings of the same clip beside each other, from the same seed and draw, and what differs in numbers.

import { Plus, X } from 'lucide-react';
import { useMemo } from 'react';
import { gridOf, type MaskConfig, type RunConfig } from '../core/config.ts';
import { reportError } from '../core/errors.ts';
import { numbered } from '../core/numbered.ts';
import { drawMasks } from '../mask/draw.ts';
import { maskings, ownMaskName } from '../mask/maskings.ts';
import { maskObstacle } from '../store/actions.ts';
import { patchLab, useLab } from '../store/lab.ts';
import { compareNow } from '../store/lab-statistics.ts';
import { useFields, useStudio } from '../store/studio.ts';
import { hashOf } from './colours.ts';
import { stageSize, tubeletOf } from './MaskView.tsx';
import { shownDifference } from './numbers.ts';
import { paintCursor, paintFrame, paintMask, tokenKinds } from './paint.ts';
import { countKinds, type Counts } from './scene.ts';
import { TokenCanvas } from './TokenCanvas.tsx';
import { percent } from './TokenPanel.tsx';

interface Column {
  name: string;
  mask: MaskConfig;
  kinds: Uint8Array | null;
  counts: Counts | null;
  problem: string | null;
}

/** A masking drawn alone, so that columns differ by their settings and not by their luck. */
function drawAlone(config: RunConfig, { name, mask }: { name: string; mask: MaskConfig }, draw: number): Column {
  const alone = { ...config, masks: [mask] };
  const problem = maskObstacle(alone);
  if (problem) return { name, mask, kinds: null, counts: null, problem };
  const { maskCut: cut, maskSequence: sequence, seed, batchSize } = config;
  const grid = gridOf(config.model);
  try {
    const [set] = drawMasks({ masks: [mask], cut, sequence, seed }, grid, batchSize, draw).sets;
    const kinds = tokenKinds(grid, set.context[0], set.target[0]);
    return { name, mask, kinds, counts: countKinds(kinds), problem: null };
  } catch (error) {
    return { name, mask, kinds: null, counts: null, problem: reportError(error).message };
  }
}

const setCompared = (compared: { name: string; mask: MaskConfig }[]) => {
  patchLab({ compared });
  compareNow();
};

export function ComparePanel() {
  const config = useStudio((s) => s.labConfig);
  const draw = useStudio((s) => s.draw);
  const compared = useLab((s) => s.compared);
  const columns = useMemo(() => compared.map((c) => drawAlone(config, c, draw)), [compared, config, draw]);
  return (
    <>
      <div className="columns" data-testid="columns">
        {columns.map((column, i) => (
          <ComparedColumn key={i} column={column} index={i} />
        ))}
      </div>
      <div className="row compare-add">
        <button
          type="button"
          disabled={compared.length >= 4}
          onClick={() => setCompared([...compared, maskings[compared.length % maskings.length]])}
        >
          <Plus size={16} aria-hidden="true" /> Add a masking
        </button>
        <span className="small faint">
          Same clip, seed {config.seed}, draw {draw}, cut {config.maskCut} at batch {config.batchSize}. Differences are
          to the first.
        </span>
      </div>
      <Differences columns={columns} />
    </>
  );
}

function ComparedColumn({ column, index }: { column: Column; index: number }) {
  const { viewed, frame, maskShown, hovered } = useFields('viewed', 'frame', 'maskShown', 'hovered');
  const config = useStudio((s) => s.labConfig);
  const compared = useLab((s) => s.compared);
  const { name, kinds, counts, problem } = column;
  const grid = gridOf(config.model);
  const tubelet = tubeletOf(frame, config.model);
  const own = config.masks.map((mask, i) => ({ name: ownMaskName(i, mask), mask }));
  const choices = [...maskings, ...own];
  return (
    <figure className="pane">
      <figcaption>
        <select
          aria-label={`Masking ${index + 1}`}
          data-testid={`masking-${index}`}
          value={choices.some((c) => c.name === name) ? name : ''}
          onChange={(e) => {
            const chosen = choices.find((c) => c.name === e.target.value);
            if (chosen)
              setCompared(compared.map((c, i) => (i === index ? { name: chosen.name, mask: chosen.mask } : c)));
          }}
        >
          {!choices.some((c) => c.name === name) && <option value="">{name}</option>}
          {choices.map((c) => (
            <option key={c.name} value={c.name}>
              {c.name}
            </option>
          ))}
        </select>
        <button
          type="button"
          className="icon"
          aria-label={`Remove ${name}`}
          disabled={compared.length <= 2}
          onClick={() => setCompared(compared.filter((_, i) => i !== index))}
        >
          <X size={16} aria-hidden="true" />
        </button>
      </figcaption>
      <TokenCanvas
        size={stageSize}
        grid={grid}
        tubelet={tubelet}
        label={
          counts
            ? `${name}: ${counts.context} context, ${counts.target} target and ${counts.unused} unused tokens of ${counts.all}`
            : `${name}: ${problem}`
        }
        testId={`compared-${index}`}
        data={{ picture: 'comparison', caption: name, hash: kinds ? hashOf(kinds) : 'none' }}
        paint={(ctx, size) => {
          ctx.clearRect(0, 0, size, size);
          if (viewed) paintFrame(ctx, size, viewed, frame);
          const cells = { grid, tubelet, size };
          if (kinds && maskShown) paintMask(ctx, cells, kinds);
          paintCursor(ctx, cells, hovered);
        }}
      />
      {problem && <p className="warn small">{problem}</p>}
    </figure>
  );
}

interface Row {
  name: string;
  values: (number | null)[];
  write: (value: number) => string;
  /** of a difference, where that is written in another way */
  apart?: (difference: number) => string;
  /** what it is written to: one part in so many */
  parts: number;
}

const whole = { write: (n: number): string => n.toFixed(0), parts: 1 };

function Differences({ columns }: { columns: Column[] }) {
  const statistics = useLab((s) => s.comparedStatistics);
  const problem = useLab((s) => s.comparedProblem);
  const cut = useStudio((s) => s.labConfig.maskCut);
  const measured = columns.map((_, i) => statistics?.sets[i]?.cuts[cut] ?? null);
  const last = (statistics?.grid.t ?? 1) - 1;
  const rows: Row[] = [
    { name: 'Context tokens now', values: columns.map((c) => c.counts?.context ?? null), ...whole },
    { name: 'Target tokens now', values: columns.map((c) => c.counts?.target ?? null), ...whole },
    { name: 'Unused tokens now', values: columns.map((c) => c.counts?.unused ?? null), ...whole },
    { name: 'Context tokens, mean', values: measured.map((s) => s?.context.mean ?? null), ...whole },
    { name: 'Target tokens, mean', values: measured.map((s) => s?.target.mean ?? null), ...whole },
    { name: 'Unused tokens, mean', values: measured.map((s) => s?.unused.mean ?? null), ...whole },
    {
      name: 'Context in the first tubelet',
      values: measured.map((s) => s?.contextPerTubelet[0] ?? null),
      ...whole,
    },
    {
      name: 'Context in the last tubelet',
      values: measured.map((s) => s?.contextPerTubelet[last] ?? null),
      ...whole,
    },
    {
      name: 'Clips without context at the end',
      values: measured.map((s) => s?.withoutLastContext ?? null),
      write: percent,
      apart: (n: number) => numbered(Math.round(n * 100), 'point'),
      parts: 100,
    },
    {
      name: 'Steps from target to context',
      values: measured.map((s) => s?.distance.mean ?? null),
      write: (n) => (Math.round(n * 10) / 10).toFixed(1),
      parts: 10,
    },
  ];
  return (
    <div className="differences">
      <table className="numbers" data-testid="differences">
        <caption className="small faint">
          {statistics ? `Means over ${statistics.clips} draws of each` : (problem ?? 'Measuring the means')}
        </caption>
        <thead>
          <tr>
            <th scope="col">Per clip</th>
            {columns.map((c, i) => (
              <th key={i} scope="col">
                {c.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, values, write, apart = write, parts }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {values.map((value, i) => (
                <td key={i}>
                  {value === null ? '…' : write(value)}
                  {i > 0 && value !== null && values[0] !== null && write(value) !== write(values[0]) && (
                    <span className="faint difference">{signed(shownDifference(value, values[0], parts), apart)}</span>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A difference with its sign; nothing where there is none. */
const signed = (by: number, write: (value: number) => string): string =>
  by === 0 ? '' : ` ${by > 0 ? '+' : '−'}${write(Math.abs(by))}`;
