// The browser side of `npm run experiments`: one arm after the other, on the page's own GPU.

import { likelyVariant, variants } from '../src/core/variant.ts';
import { preset } from '../src/core/presets.ts';
import { openDevice } from '../src/gpu/device.ts';
import { PipelineCache } from '../src/gpu/kernel.ts';
import { runArm, ask } from '../src/experiments/run.ts';

export async function pilot(steps: number, batch: number, lr: number, sig: number) {
  const open = await openDevice(navigator.gpu);
  const variant = variants[likelyVariant(open.software, open.features)];
  const p = new PipelineCache(open.device);
  const c = preset('nano');
  c.batchSize = batch;
  c.model = { ...c.model, crop: 32, depth: 2 };
  c.loss.sigreg = sig;
  c.optim = { ...c.optim, ipe: steps / 20, lr };
  const request = { task: 'probe' as const, network: 'target' as const, split: { train: 0.5, validation: 0.2, seed: 0 },
    probes: ['linear', 'attentive'] as ('linear' | 'attentive')[], sources: ['trained'] as ('trained'|'random')[], shares: [1], seeds: 1, segments: 1, views: 1 as const,
    recipe: { epochs: 20, batchSize: 32, lr: 1e-3, weightDecay: 0.01, depth: 1, completeBlock: true, neighbours: 10 } };
  const q = { axes: ['shape', 'direction', 'speed'], look: {}, clips: 600, request };
  let t0 = performance.now();
  await ask(p, variant, c, null, { ...q, request: { ...request, sources: ['random'] } }, console.log);
  console.log('random seconds', (performance.now() - t0) / 1000);
  const r = await runArm(p, variant, { id: 'pilot', config: c, looks: [{}], clips: 2000 }, q, console.log);
  console.log('seconds', r.seconds);
  return r.seconds;
}
