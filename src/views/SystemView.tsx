// What this browser and this device offer, and how fast the studio's kernels are on it.

import { byteSize } from '../core/byte-size.ts';
import { memoryLimits } from '../core/memory-limit.ts';
import { preset } from '../core/presets.ts';
import { limitMemory, useMemoryLimit } from '../store/memory-limit.ts';
import { useStudio } from '../store/studio.ts';
import { cancelBenchmark, measureObstacle, startBenchmark, useMeasured } from '../store/measure.ts';
import type { AdapterReport, BenchmarkRow, StepReport } from '../protocol/messages.ts';
import { ChoiceField } from './fields.tsx';
import { Kernels } from './Kernels.tsx';
import { measuredTime, rounded } from './numbers.ts';
import { Problem } from './Problem.tsx';
import { ReceivedFiles } from './ReceivedFiles.tsx';
import './system.css';
import { saveFile } from '../store/save-file.ts';

export default function SystemView() {
  const device = useStudio((s) => s.device);
  return (
    <main className="stage system">
      <h2>System</h2>
      <Problem />
      <ReceivedFiles beside />
      <p className="lead">
        What this device reaches: its own limits, every heavy kernel as a share of them, and a whole training step.
      </p>
      {device.kind === 'ready' ? (
        <Ready adapter={device.adapter} />
      ) : (
        <p role="status">
          {device.kind === 'opening'
            ? 'The browser is being asked for a GPU.'
            : `${device.error.message} ${device.error.advice}`}
        </p>
      )}
    </main>
  );
}

function Ready({ adapter }: { adapter: AdapterReport }) {
  const measured = useMeasured();
  const { jobId, cancelling, rows, step, error } = measured;
  const job = useStudio((s) => (jobId ? s.jobs[jobId] : undefined));
  const obstacle = useStudio((s) => measureObstacle(s.run, measured));
  const limit = useMemoryLimit((s) => s.limit);
  return (
    <>
      <section className="panel" aria-label="Adapter">
        <h3>{adapter.name}</h3>
        <dl className="facts">
          <dt>Kind</dt>
          <dd>{adapter.software ? 'software, the processor does the work' : 'GPU'}</dd>
          <dt>Largest buffer</dt>
          <dd>{byteSize(adapter.maxBufferBytes)}</dd>
          <dt>Features in use</dt>
          <dd>{adapter.features.filter((f) => f === 'subgroups' || f === 'timestamp-query').join(', ') || 'none'}</dd>
        </dl>
        <ChoiceField
          label="GPU memory of the studio"
          field="memory-limit"
          testId="memory-limit"
          value={String(limit)}
          options={memoryLimits.map((value) => ({ value: String(value), label: `up to ${value} GB` }))}
          onChange={(value) => {
            const chosen = memoryLimits.find((known) => String(known) === value);
            if (chosen) limitMemory(chosen);
          }}
        />
        <p className="faint small">
          No browser tells how much memory a GPU has, and running out may end the page without a word: what needs more
          than is left of this, be it a run, its checks, an evaluation or a look, is refused before it begins. Leave a
          quarter of what there is to the screen and other pages.
        </p>
      </section>
      <Kernels adapter={adapter} measured={measured} obstacle={obstacle} />
      <section className="panel" aria-label="Benchmark">
        <h3>Benchmark</h3>
        <div className="row">
          {jobId ? (
            <button type="button" disabled={cancelling} onClick={cancelBenchmark}>
              Cancel
            </button>
          ) : (
            <button
              type="button"
              className="primary"
              disabled={obstacle !== null}
              onClick={startBenchmark}
              data-testid="start-benchmark"
            >
              Measure this device
            </button>
          )}
          {!jobId && step && (
            <button type="button" onClick={() => exportReport(adapter, rows, step)}>
              Export as JSON
            </button>
          )}
          <span className="faint" role="status" data-testid="benchmark-stage">
            {jobId
              ? cancelling
                ? 'Ends with what is on the GPU now'
                : (job?.stage ?? 'Starting')
              : (obstacle ??
                (adapter.software ? 'Takes one to three minutes on a software adapter.' : 'Takes about ten seconds.'))}
          </span>
        </div>
        {error && (
          <p className="warn" role="alert">
            {error.message} {error.advice}
          </p>
        )}
        {step && <Step report={step} rows={rows} />}
        {rows.length > 0 && <Rows rows={rows} />}
      </section>
    </>
  );
}

const gflops = (flops: number, ms: number) => flops / ms / 1e6;
const gigabytes = (moved: number, ms: number) => moved / ms / 1e6;

/** The adapter's best: operations and bytes a second. */
function peaks(rows: BenchmarkRow[]) {
  const of = (name: string) => rows.find((r) => r.group === 'peak' && r.name === name);
  const fma = of('multiply-add');
  const copy = of('copy');
  return {
    flops: fma ? gflops(fma.flops, fma.milliseconds) : 0,
    bytes: copy ? gigabytes(copy.bytes, copy.milliseconds) : 0,
  };
}

function Rows({ rows }: { rows: BenchmarkRow[] }) {
  const best = peaks(rows);
  return (
    <div className="table-wrap">
      <table className="measured" data-testid="benchmark-table">
        <thead>
          <tr>
            <th scope="col">Kernel</th>
            <th scope="col">Pass</th>
            <th scope="col">ms</th>
            <th scope="col">GFLOP/s</th>
            <th scope="col">GB/s</th>
            <th scope="col">Share of peak</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((r) => {
            const speed = gflops(r.flops, r.milliseconds);
            const moved = gigabytes(r.bytes, r.milliseconds);
            const share = r.flops ? speed / best.flops : moved / best.bytes;
            return (
              <tr key={`${r.name} ${r.detail}`}>
                <th scope="row">{r.name}</th>
                <td>{r.detail}</td>
                <td>{rounded(r.milliseconds)}</td>
                <td>{r.flops ? rounded(speed) : ''}</td>
                <td>{r.bytes ? rounded(moved) : ''}</td>
                <td>{r.group === 'kernel' && Number.isFinite(share) ? `${(share * 100).toFixed(0)} %` : ''}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Step({ report, rows }: { report: StepReport; rows: BenchmarkRow[] }) {
  const speed = gflops(report.flops, report.milliseconds);
  const { memory } = report;
  const { frames, crop } = preset('small').model;
  return (
    <dl className="facts" data-testid="benchmark-step">
      <dt>Training step, studio-small</dt>
      <dd>
        {measuredTime(report.milliseconds)}
        <span className="faint small">
          The same step on every device, to compare them: the model small, 4 clips of {frames} frames of {crop} px,
          without SIGReg.
        </span>
      </dd>
      <dt>Speed</dt>
      <dd>
        {rounded(speed)} GFLOP/s, {((speed / peaks(rows).flops) * 100).toFixed(0)} % of peak
      </dd>
      <dt>JavaScript of a step</dt>
      <dd>{measuredTime(report.hostMilliseconds)}</dd>
      <dt>Clips of a step, made while the one before runs</dt>
      <dd>
        {measuredTime(report.inputMilliseconds)}, {rounded((100 * report.inputMilliseconds) / report.milliseconds)} % of
        the step
      </dd>
      <dt>First step</dt>
      <dd>
        {measuredTime(report.firstStepMilliseconds)}, {report.compiled} of {report.pipelines} pipelines compiled on the
        way
      </dd>
      <dt>Dispatches, submits, pipelines</dt>
      <dd>
        {report.dispatches}, {report.submits}, {report.pipelines}
      </dd>
      <dt>GPU memory</dt>
      <dd>
        {byteSize(memory.total)}: weights {byteSize(memory.weights)}, gradients {byteSize(memory.gradients)}, optimiser{' '}
        {byteSize(memory.optimiser)}, target {byteSize(memory.target)}, activations {byteSize(memory.activations)},
        inputs {byteSize(memory.inputs)}
      </dd>
    </dl>
  );
}

function exportReport(adapter: AdapterReport, rows: BenchmarkRow[], step: StepReport): void {
  const report = { format: 'v-jepa-studio benchmark 1', adapter, rows, step };
  saveFile('v-jepa-benchmark.json', new Blob([JSON.stringify(report, null, 1)], { type: 'application/json' }));
}
