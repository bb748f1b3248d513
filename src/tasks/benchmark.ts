// What this machine reaches: its own peaks, every heavy kernel as a share of them, and the whole training step
// "studio-small". The same code behind the System page and `npm run bench`.

import type { RunConfig } from '../core/config.ts';
import { preset } from '../core/presets.ts';
import { createArenas, destroyArena } from '../gpu/arena.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import { Plan } from '../gpu/plan.ts';
import { compile } from '../gpu/program.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { type CpuMeter, Stopwatch } from '../gpu/timing.ts';
import type { Variant } from '../core/variant.ts';
import { initialiseNetworks, networkArenas } from '../model/initialise.ts';
import { attention, mostTiles, tileTable } from '../ops/attention.ts';
import { linear } from '../ops/linear.ts';
import { layerNorm } from '../ops/norm.ts';
import { multiplyAdd, peakFlops, stream } from '../ops/peak.ts';
import type { BenchmarkRow, StepReport } from '../protocol/messages.ts';
import { createTrainer, type StepBatch, type Trainer } from '../train/trainer.ts';
import { trainingClips } from './clips.ts';
import { memoryReport } from './run-memory.ts';
import { stepShape } from './run-shape.ts';

export interface BenchmarkOptions {
  variant: Variant;
  /** measures kernels for about this many milliseconds each */
  fill: number;
  meter: CpuMeter | null;
  onRow: (row: BenchmarkRow) => void;
  signal: AbortSignal;
  /** throws when something else needs the GPU */
  giveWay?: () => void;
}

/** The adapter's own limits. Operations: 2 per multiply-add. */
export async function measurePeaks(pipelines: PipelineCache, o: BenchmarkOptions): Promise<void> {
  const bytes = 32 * 2 ** 20;
  const cases: [name: string, { flops: number; bytes: number }, (plan: Plan, a: Tensor, b: Tensor) => void][] = [
    ['multiply-add', { flops: peakFlops(131_072, 32), bytes: 0 }, (p, a, b) => multiplyAdd(p, a, b, 131_072, 32)],
    ['read', { flops: 0, bytes }, (p, a, b) => stream(p, 'read', a, b)],
    ['write', { flops: 0, bytes }, (p, a, b) => stream(p, 'write', a, b)],
    ['copy', { flops: 0, bytes: 2 * bytes }, (p, a, b) => stream(p, 'copy', a, b)],
  ];
  for (const [name, work, record] of cases) {
    await measure(pipelines, o, { group: 'peak', name, detail: '', ...work }, (plan) =>
      record(plan, plan.input('from', 1, bytes / 4), plan.state('into', 1, bytes / 4)),
    );
  }
}

/** Products, attention, norm at the shapes of small ViTs. */
export async function measureKernels(pipelines: PipelineCache, o: BenchmarkOptions): Promise<void> {
  for (const [rows, width, out] of [
    [1024, 192, 576],
    [1024, 192, 768],
    [1024, 768, 192],
    [2048, 96, 384],
  ]) {
    const flops = 2 * rows * width * out;
    const shape = `${rows} × ${width} → ${out}`;
    await measureLinear(pipelines, o, `product, ${shape}`, { rows, width, out, flops });
  }
  for (const [n, heads, D, segments] of [
    [256, 3, 64, 1],
    [512, 3, 64, 1],
    [256, 3, 32, 8],
  ])
    await measureAttention(pipelines, o, { n, heads, D, segments });
  await measureNorm(pipelines, o, 1024, 192);
}

type Row = Omit<BenchmarkRow, 'milliseconds' | 'cpuMilliseconds'>;

/** Compiles what `record` records, fills what has to be, and times it. */
async function measure(
  pipelines: PipelineCache,
  o: BenchmarkOptions,
  row: Row,
  record: (plan: Plan) => void,
  fill: (plan: Plan) => void = () => {},
) {
  o.signal.throwIfAborted();
  const plan = new Plan({ most: {}, variant: o.variant });
  record(plan);
  const program = await compile(plan, pipelines);
  const stopwatch = new Stopwatch(pipelines.device, o.meter);
  try {
    fill(plan);
    o.onRow({ ...row, ...(await stopwatch.time(program, {}, o.fill)) });
  } finally {
    stopwatch.destroy();
    program.destroy();
  }
}

async function measureLinear(
  pipelines: PipelineCache,
  o: BenchmarkOptions,
  name: string,
  { rows, width, out, flops }: { rows: number; width: number; out: number; flops: number },
) {
  const inputs = (plan: Plan, gradients: boolean) => {
    const x = plan.input('x', rows, width);
    const w = plan.input('w', out, width);
    const b = plan.input('b', 1, out);
    for (const t of [x, w, b]) t.needsGradient = gradients;
    return { x, w, b };
  };
  const moved = 4 * (rows * width + width * out + rows * out);
  await measure(pipelines, o, { group: 'kernel', name, detail: 'forward', flops, bytes: moved }, (plan) => {
    const { x, w, b } = inputs(plan, false);
    linear(plan, x, w, b, { name: 'y' });
  });
  const back = { group: 'kernel', name, detail: 'dx and dW', flops: 2 * flops, bytes: 2 * moved } as const;
  await measure(pipelines, o, back, (plan) =>
    backwardOnly(plan, () => {
      const { x, w, b } = inputs(plan, true);
      return linear(plan, x, w, b, { name: 'y' });
    }),
  );
  if (out === 4 * width) {
    const gelu = { group: 'kernel', name, detail: 'forward with GELU', flops, bytes: moved + 4 * rows * out } as const;
    await measure(pipelines, o, gelu, (plan) => {
      const { x, w, b } = inputs(plan, false);
      linear(plan, x, w, b, { name: 'y', gelu: true });
    });
  }
}

/** Records an operation and its backward pass, and keeps the backward dispatches alone. */
function backwardOnly(plan: Plan, record: () => Tensor): void {
  const y = record();
  const forward = plan.dispatches.length;
  plan.seedGradient(y, plan.input('dy', y.rows, y.cols));
  plan.backward();
  plan.dispatches.splice(0, forward);
}

async function measureAttention(
  pipelines: PipelineCache,
  o: BenchmarkOptions,
  { n, heads, D, segments }: { n: number; heads: number; D: number; segments: number },
) {
  const rows = n * segments;
  const name = `attention, ${segments > 1 ? `${segments} × ` : ''}${n} tokens, ${heads} heads of ${D}`;
  const flops = 4 * n * n * heads * D * segments;
  const bytes = 4 * rows * heads * D * 4;
  const tiles = (plan: Plan) => {
    const count = mostTiles(n, 0) * segments;
    const table = plan.input('tiles', count, 4, 'u32');
    return { table, count };
  };
  const write = (plan: Plan) => {
    const place = plan.find('tiles').place!;
    const table = tileTable(Array.from({ length: segments }, () => n));
    pipelines.device.queue.writeBuffer(place.buffer, place.offset, table);
  };
  for (const detail of ['forward', 'backward'] as const) {
    // nominal work: two products forward, four backward; what a kernel makes again on the way is not counted
    const work = detail === 'forward' ? { flops, bytes } : { flops: 2 * flops, bytes: 2 * bytes };
    const record = (plan: Plan) => {
      const qkv = plan.input('qkv', rows, 3 * heads * D);
      qkv.needsGradient = detail === 'backward';
      return attention(plan, qkv, tiles(plan), heads, 'out');
    };
    await measure(
      pipelines,
      o,
      { group: 'kernel', name, detail, ...work },
      (plan) => void (detail === 'backward' ? backwardOnly(plan, () => record(plan)) : record(plan)),
      write,
    );
  }
}

async function measureNorm(pipelines: PipelineCache, o: BenchmarkOptions, rows: number, C: number) {
  const name = `LayerNorm, ${rows} × ${C}`;
  const record = (plan: Plan, gradients: boolean) => {
    const [x, gamma, beta] = [plan.input('x', rows, C), plan.input('gamma', 1, C), plan.input('beta', 1, C)];
    for (const t of [x, gamma, beta]) t.needsGradient = gradients;
    return layerNorm(plan, x, { gamma, beta }, 1e-6, 'y');
  };
  const bytes = 2 * rows * C * 4;
  await measure(pipelines, o, { group: 'kernel', name, detail: 'forward', flops: 0, bytes }, (plan) =>
    record(plan, false),
  );
  await measure(pipelines, o, { group: 'kernel', name, detail: 'backward', flops: 0, bytes: bytes * 1.5 }, (plan) =>
    backwardOnly(plan, () => record(plan, true)),
  );
}

/** The step that speed is measured at: four clips, 40 and 80 context tokens each, all others targets. 23.2 GFLOP. */
export function studioSmall(): { config: RunConfig; batch: StepBatch; flops: number } {
  const config = preset('small');
  config.loss.sigreg = 0;
  const clips = 4;
  const { frames, crop } = config.model;
  const pixels = Float32Array.from({ length: clips * 3 * frames * crop * crop }, (_, i) => Math.sin(i * 0.37));
  const tokens = 256;
  const list = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i);
  const each = (l: Int32Array<ArrayBuffer>) => Array.from({ length: clips }, () => l);
  const masks = [40, 80].map((n) => ({ context: each(list(0, n)), target: each(list(n, tokens)) }));
  return { config: { ...config, batchSize: clips }, batch: { clips: pixels, masks }, flops: 23.17e9 };
}

/** Milliseconds in which the clips of a step are made, from decoded videos of twice the size of the crop. */
function inputTime(config: RunConfig, steps: number): number {
  const side = 2 * config.model.crop;
  const frames = Array.from({ length: 64 }, (_, t) =>
    Uint8Array.from({ length: 3 * side * side }, (__, i) => (i * 31 + t * 17) & 255),
  );
  const sources = Array.from({ length: 8 }, (_, k) => ({
    frames: frames.length,
    width: side,
    height: side,
    rgb: (frame: number) => frames[(frame + k) % frames.length],
  }));
  trainingClips(config, sources, 0);
  const began = performance.now();
  for (let step = 1; step <= steps; step++) trainingClips(config, sources, step);
  return (performance.now() - began) / steps;
}

/** Times whole training steps, host included, and says what they are made of. */
export async function measureStep(
  pipelines: PipelineCache,
  { variant, meter, signal, giveWay }: Omit<BenchmarkOptions, 'onRow' | 'fill'>,
  steps: number,
): Promise<StepReport> {
  const { config, batch, flops } = studioSmall();
  const started = performance.now();
  const nets = await createArenas(pipelines.device, 'the networks of a step', (create) =>
    networkArenas(config.model, config.masks.length, create),
  );
  await initialiseNetworks(pipelines.device, nets, config.model, 0);
  const counts = (of: 'context' | 'target') =>
    batch.masks.reduce((n, m) => n + m[of].reduce((sum, l) => sum + l.length, 0), 0);
  const shape = { ...stepShape(config), mostContext: counts('context'), mostTarget: counts('target') };
  const before = pipelines.created;
  let trainer: Trainer | null = null;
  const settings = (step: number) => ({ step, lr: 1e-4, weightDecay: 0.04, momentum: 0.99, clip: null });
  try {
    giveWay?.();
    trainer = await createTrainer(pipelines, nets, shape, { variant });
    giveWay?.();
    await (
      await trainer.submit(batch, settings(0))
    ).result;
    const firstStep = performance.now() - started;
    let host = Infinity;
    const cpuBefore = await meter?.();
    const timed = performance.now();
    let loss = 0;
    for (let step = 1; step <= steps; step++) {
      signal.throwIfAborted();
      giveWay?.();
      const submitted = performance.now();
      const { result } = await trainer.submit(batch, settings(step));
      host = Math.min(host, performance.now() - submitted);
      ({ loss } = await result);
    }
    const milliseconds = (performance.now() - timed) / steps;
    const cpuAfter = await meter?.();
    const { program } = trainer;
    return {
      milliseconds,
      cpuMilliseconds:
        cpuBefore === undefined || cpuAfter === undefined ? null : ((cpuAfter - cpuBefore) * 1000) / steps,
      hostMilliseconds: host,
      inputMilliseconds: inputTime(config, steps),
      firstStepMilliseconds: firstStep,
      flops,
      loss,
      dispatches: program.prepared.length,
      submits: 1,
      pipelines: new Set(program.prepared.map(({ pipeline }) => pipeline)).size,
      compiled: pipelines.created - before,
      parameters: nets.encoder.trained + nets.predictor.trained,
      memory: memoryReport(nets, program.memory),
    };
  } finally {
    trainer?.destroy();
    for (const arena of Object.values(nets)) destroyArena(arena);
  }
}
