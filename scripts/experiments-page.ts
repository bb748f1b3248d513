// The browser side of `npm run experiments`: one arm with one seed, on the page's own GPU.

import { likelyVariant, variants } from '../src/core/variant.ts';
import { arms } from '../src/experiments/arms.ts';
import { type ArmRecord, runArm } from '../src/experiments/run.ts';
import { openDevice } from '../src/gpu/device.ts';
import { PipelineCache } from '../src/gpu/kernel.ts';

export const armNames = (): string[] => arms.map(({ id }) => id);

export async function trainArm(id: string, seed: number): Promise<ArmRecord & { adapter: string }> {
  const arm = arms.find((a) => a.id === id);
  if (!arm) throw new Error(`there is no arm ${id}`);
  const open = await openDevice(navigator.gpu);
  const variant = variants[likelyVariant(open.software, open.features)];
  const log = (line: string) => console.log(line);
  return {
    ...(await runArm(arm, seed, { pipelines: new PipelineCache(open.device), variant, log })),
    adapter: open.name,
  };
}
