// What the settings hide over thousands of draws, the three cuts beside each other: counts, tubelets, places, distances.

import type { MaskCut } from '../core/config.ts';
import type { CutStatistics, MaskStatistics } from '../core/mask-statistics.ts';
import { maskObstacle } from '../store/actions.ts';
import { patchLab, useLab } from '../store/lab.ts';
import { changeLab } from '../store/lab-settings.ts';
import { cancelMeasuring, measure } from '../store/lab-statistics.ts';
import { useStudio } from '../store/studio.ts';
import { Distribution, PairBars } from './charts.tsx';
import { Coverage } from './Coverage.tsx';
import { duration } from './numbers.ts';
import { cutNames } from './MaskControls.tsx';
import { tubeletOf } from './MaskView.tsx';
import { useStatistics } from './statistics.ts';
import { percent } from './TokenPanel.tsx';

const order = ['official', 'random', 'none'] as const;

export function StatisticsPanel() {
  const { statistics, outdated } = useStatistics();
  const problem = useLab((s) => s.statisticsProblem);
  const unsound = useStudio((s) => maskObstacle(s.labConfig) !== null);
  const maskSet = useStudio((s) => s.maskSet);
  const set = statistics?.sets[maskSet];
  return (
    <section
      className={`statistics${outdated ? ' faint' : ''}`}
      aria-label={outdated ? 'Statistics of the settings before' : 'Statistics'}
      data-testid="statistics"
      data-clips={statistics?.clips ?? 0}
    >
      <Head />
      {/* what is wrong with the settings is told where they are */}
      {problem && !unsound && <p className="warn">{problem}</p>}
      {statistics && set && (
        <>
          <Finding statistics={statistics} cuts={set.cuts} />
          <div className="cuts">
            {order.map((cut) => (
              <Cut key={cut} cut={cut} all={set.cuts} statistics={statistics} />
            ))}
          </div>
        </>
      )}
    </section>
  );
}

function Head() {
  const clips = useLab((s) => s.clips);
  const measuring = useLab((s) => s.measuring);
  const { statistics, outdated } = useStatistics();
  const problem = useLab((s) => s.statisticsProblem);
  const config = useStudio((s) => s.labConfig);
  const obstacle = maskObstacle(config);
  const share = measuring ? measuring.done / measuring.total : 0;
  const left = measuring?.secondsLeft ?? null;
  return (
    <div className="row wrap statistics-head">
      <h2>Statistics</h2>
      <select
        aria-label="Draws"
        value={clips}
        data-testid="clips"
        onChange={(e) => patchLab({ clips: Number(e.target.value) })}
      >
        {[1000, 10_000, 100_000].map((n) => (
          <option key={n} value={n}>
            {n.toLocaleString('en').replaceAll(',', ' ')} draws
          </option>
        ))}
      </select>
      {measuring?.asked ? (
        <button type="button" data-testid="cancel-measure" onClick={cancelMeasuring}>
          Cancel
        </button>
      ) : (
        <button
          type="button"
          className="primary"
          data-testid="measure"
          title={obstacle ?? 'N'}
          disabled={obstacle !== null}
          onClick={measure}
        >
          Run
        </button>
      )}
      {measuring?.asked ? (
        <span className="progress-inline">
          <progress value={share} max={1} aria-label="Statistics" />
          <span className="small">
            {measuring.done} of {measuring.total}
            {left !== null && `, ${duration(Math.max(1, left))} left`}
          </span>
        </span>
      ) : (
        <span className="small faint" data-testid="measured">
          {statistics
            ? outdated
              ? 'of the settings before'
              : `${statistics.clips} draws in ${Math.round(statistics.milliseconds)} ms`
            : problem
              ? ''
              : 'measuring'}
        </span>
      )}
      <span className="spacer" />
      <label className="check">
        <span>
          Batch <b data-testid="batch">{config.batchSize}</b>
        </span>
        <input
          type="range"
          min={1}
          max={Math.max(64, config.batchSize)}
          value={config.batchSize}
          aria-label="Batch size of the statistics"
          onChange={(e) => changeLab({ ...config, batchSize: Number(e.target.value) }, 'batchSize')}
        />
      </label>
    </div>
  );
}

/** The finding in plain words, and where the official cut comes from. */
function Finding({ statistics, cuts }: { statistics: MaskStatistics; cuts: Record<MaskCut, CutStatistics> }) {
  const { official, random, none } = cuts;
  const t = statistics.grid.t - 1;
  const lost = none.context.mean - official.context.mean;
  const bySettings =
    official.withoutLastContext > 0.005 && none.withoutLastContext > official.withoutLastContext - 0.005;
  const fate = (): string => {
    if (t === 0) return 'tokens are in order of rows, so the lowest go.';
    if (bySettings)
      return 'tokens are in order of time, but the cut is not why the last tubelet has none here: the masks themselves leave it none.';
    const latest = 'tokens are in order of time, so the latest tubelets go';
    if (lost < 0.5) return `${latest}; here all lists are equally long and nothing is cut.`;
    const [first, last] = [official.contextPerTubelet[0].toFixed(0), official.contextPerTubelet[t].toFixed(1)];
    return `${latest}: tubelet 1 keeps ${first} context tokens, tubelet ${t + 1} keeps ${last}.`;
  };
  return (
    <p className="finding small" data-testid="finding">
      <strong data-testid="without-last">
        At batch {statistics.batch}, {percent(official.withoutLastContext)} of clips keep no context in the last tubelet
      </strong>{' '}
      under the official cut, {percent(random.withoutLastContext)} under a random subset,{' '}
      {percent(none.withoutLastContext)} without a cut. The official code shortens every list of a batch to its shortest
      one and keeps the first tokens (<code>[:min_keep]</code> in <code>multiblock3d.py</code>); {fate()}
    </p>
  );
}

interface CutProps {
  cut: MaskCut;
  all: Record<MaskCut, CutStatistics>;
  statistics: MaskStatistics;
}

function Cut({ cut, all, statistics }: CutProps) {
  const config = useStudio((s) => s.labConfig);
  const tubelet = useStudio((s) => tubeletOf(s.frame, s.labConfig.model));
  const { grid } = statistics;
  const s = all[cut];
  const list = (values: Float32Array) => [...values].map((v) => v.toFixed(0)).join(', ');
  const spread = (c: { mean: number; sd: number }) => `${c.mean.toFixed(0)} ± ${c.sd.toFixed(0)}`;
  return (
    <section className="cut" aria-label={`Cut ${cutNames[cut]}`} data-testid={`cut-${cut}`}>
      <div className="row">
        <h3>{cutNames[cut]}</h3>
        <span className="spacer" />
        {config.maskCut === cut ? (
          <span className="small faint">in force</span>
        ) : (
          <button
            type="button"
            className="link small"
            onClick={() => changeLab({ ...config, maskCut: cut }, 'maskCut')}
          >
            Use
          </button>
        )}
      </div>
      <dl className="facts">
        {(['context', 'target', 'unused'] as const).map((kind) => (
          <div key={kind}>
            <dt>
              <i className={`key key-${kind}`} aria-hidden="true" /> {kind}
            </dt>
            <dd data-testid={`${cut}-${kind}`}>{spread(s[kind])}</dd>
          </div>
        ))}
      </dl>
      <h4>Tokens per tubelet</h4>
      <PairBars
        context={s.contextPerTubelet}
        target={s.targetPerTubelet}
        most={grid.h * grid.w}
        current={tubelet}
        picture="charts"
        caption={`Cut ${cutNames[cut]}, tokens per tubelet`}
        label={`Tokens per tubelet, cut ${cutNames[cut]}: context ${list(s.contextPerTubelet)}; target ${list(s.targetPerTubelet)}; of ${grid.h * grid.w}`}
      />
      <h4>Clips by tokens kept{cut !== 'none' && <span className="faint">, lines before the cut</span>}</h4>
      <Distribution
        picture="charts"
        caption={`Cut ${cutNames[cut]}, clips by tokens kept`}
        context={s.context.histogram}
        target={s.target.histogram}
        before={cut === 'none' ? null : { context: all.none.context.histogram, target: all.none.target.histogram }}
        label={`Clips by tokens kept, cut ${cutNames[cut]}: context ${s.context.min} to ${s.context.max}, mean ${spread(s.context)}; target ${s.target.min} to ${s.target.max}, mean ${spread(s.target)}`}
      />
      <h4>Share of draws by place</h4>
      <div className="maps">
        <Coverage grid={grid} values={s.contextCoverage} kind="context" cut={cut} />
        <Coverage grid={grid} values={s.targetCoverage} kind="target" cut={cut} />
      </div>
      <p className="small faint">
        Targets lie {s.distance.mean.toFixed(1)} ± {s.distance.sd.toFixed(1)} steps from the nearest context token
      </p>
    </section>
  );
}
