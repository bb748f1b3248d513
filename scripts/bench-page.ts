// The browser side of `npm run bench`: what it measures, in a page of the development server. `cpuSeconds` is the script's.

import type { Variant } from '../src/core/variant.ts';
import { likelyVariant, variants } from '../src/core/variant.ts';
import { openDevice } from '../src/gpu/device.ts';
import { PipelineCache } from '../src/gpu/kernel.ts';
import type { BenchmarkRow, StepReport } from '../src/protocol/messages.ts';
import { measureKernels, measurePeaks, measureStep, studioSmall } from '../src/tasks/benchmark.ts';
import { type PeerReport, peerKernels, peerStep } from './bench-jax.ts';

export interface Ours {
  adapter: { name: string; software: boolean; features: string[] };
  variant: Variant;
  rows: BenchmarkRow[];
  step: StepReport;
}

const meter = (): Promise<number> => (globalThis as unknown as { cpuSeconds: () => Promise<number> }).cpuSeconds();

export async function measureOurs(form: string | null, steps: number): Promise<Ours> {
  const open = await openDevice(navigator.gpu);
  const named = Object.entries(variants).find(([name]) => name === form);
  if (form && !named) throw new Error(`VARIANT is ${form}: choose one of ${Object.keys(variants).join(', ')}`);
  const variant = named?.[1] ?? variants[likelyVariant(open.software, open.features)];
  // the step first: its first one counts the compilation of every kernel
  const { signal } = new AbortController();
  const step = await measureStep(new PipelineCache(open.device), { variant, meter, signal }, steps);
  console.log('step measured');
  const rows: BenchmarkRow[] = [];
  const onRow = (row: BenchmarkRow) => {
    rows.push(row);
    console.log(`${row.name}, ${row.detail}: ${row.milliseconds.toFixed(2)} ms`);
  };
  const options = { variant, fill: open.software ? 400 : 150, meter, onRow, signal };
  const pipelines = new PipelineCache(open.device);
  await measurePeaks(pipelines, options);
  await measureKernels(pipelines, options);
  return {
    adapter: { name: open.name, software: open.software, features: open.features },
    variant,
    rows,
    step,
  };
}

/** The same step and kernels in jax-js, on the same adapter. */
export async function measurePeer(steps: number): Promise<PeerReport> {
  const { config, batch } = studioSmall();
  return { kernels: await peerKernels(meter), step: await peerStep(config.model, batch, meter, steps) };
}
