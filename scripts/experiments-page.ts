// The browser side of `npm run experiments` and of the calibration of health: one arm with one seed, on the page's own GPU.

import { likelyVariant, variants } from '../src/core/variant.ts';
import { arms } from '../src/experiments/arms.ts';
import { type ArmRecord, runArm, type Tools } from '../src/experiments/run.ts';
import { decodeAll, type GivenVideo, realArms, type RealRecord, runReal } from '../src/experiments/real.ts';
import { presetArms } from '../src/experiments/preset-arms.ts';
import { type PresetRecord, runPreset } from '../src/experiments/presets.ts';
import { runHalf } from '../src/experiments/half.ts';
import { halfArms, type HalfRecord } from '../src/experiments/half-summary.ts';
import { healthArms, type HealthRecord, healthSteps, runHealth } from '../src/experiments/health.ts';
import { calibrate, healthMarkdown } from '../src/experiments/health-table.ts';
import { openDevice } from '../src/gpu/device.ts';
import { PipelineCache } from '../src/gpu/kernel.ts';

/** Runs something on a device of its own and says on which adapter. */
async function recorded<T>(run: (tools: Tools) => Promise<T>): Promise<T & { adapter: string }> {
  const open = await openDevice(navigator.gpu);
  const variant = variants[likelyVariant(open.software, open.features)];
  const log = (line: string) => console.log(line);
  const tools: Tools = { pipelines: new PipelineCache(open.device), variant, features: open.features, log };
  return { ...(await run(tools)), adapter: open.name };
}

export const armNames = (): string[] => arms.map(({ id }) => id);

export async function trainArm(id: string, seed: number): Promise<ArmRecord & { adapter: string }> {
  const arm = arms.find((a) => a.id === id);
  if (!arm) throw new Error(`there is no arm ${id}`);
  return recorded((tools) => runArm(arm, seed, tools));
}

export const presetNames = (): string[] => presetArms.map(({ id }) => id);

export async function trainPreset(id: string, seed: number): Promise<PresetRecord & { adapter: string }> {
  const arm = presetArms.find((a) => a.id === id);
  if (!arm) throw new Error(`there is no arm ${id}`);
  return recorded((tools) => runPreset(arm, seed, tools));
}

export const realNames = (): string[] => [...realArms];

export async function trainReal(
  id: string,
  seed: number,
  given: GivenVideo[],
): Promise<RealRecord & { adapter: string }> {
  const arm = realArms.find((known) => known === id);
  if (!arm) throw new Error(`there is no arm ${id}`);
  const videos = await decodeAll(given);
  return recorded((tools) => runReal(arm, seed, videos, tools));
}

export const halfNames = (): string[] => [...halfArms];

export async function trainHalf(id: string, seed: number): Promise<HalfRecord & { adapter: string }> {
  const arm = halfArms.find((known) => known === id);
  if (!arm) throw new Error(`there is no arm ${id}`);
  return recorded((tools) => runHalf(arm, seed, tools));
}

export const healthNames = (): string[] => healthArms.map(({ id }) => id);

export async function trainHealth(id: string, seed: number): Promise<HealthRecord & { adapter: string }> {
  const arm = healthArms.find((a) => a.id === id);
  if (!arm) throw new Error(`there is no arm ${id}`);
  return recorded((tools) => runHealth(arm, seed, tools));
}

/** Thresholds chosen on seeds 0 and 1, counted on all others; and what the documentation says of it. */
export function calibrateHealth(records: HealthRecord[]): { table: ReturnType<typeof calibrate>; page: string } {
  const table = calibrate(records, [0, 1]);
  return { table, page: healthMarkdown(table, healthSteps) };
}
