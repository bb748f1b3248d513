// How well the verdict on a run's health is told: short runs that are known to be sound or sick, checked on a fixed cadence.
// What each is expected to be is decided by what was done to it, never by the measures that the verdict looks at.

import type { RunConfig } from '../core/config.ts';
import { usualLook } from '../core/drawn-look.ts';
import type { HealthRow } from '../core/health-row.ts';
import { type HealthState, healthVerdict } from '../core/health-verdict.ts';
import { preset } from '../core/presets.ts';
import { HealthCheck } from '../tasks/health.ts';
import type { StepFlaw } from '../train/step.ts';
import { drawnHeldOut } from '../tasks/held-out.ts';
import { Pretraining } from '../tasks/pretrain.ts';
import { proceduralLabels } from '../video/procedural.ts';
import { trainingClips } from './arms.ts';
import { drawnSource, type Tools } from './run.ts';

export interface HealthArm {
  id: string;
  label: string;
  /** what was done to it */
  kind: 'sound' | 'sick' | 'open';
  config: (seed: number) => RunConfig;
  flaw?: StepFlaw;
}

/** Steps of every run, and between two checks. */
export const healthSteps = 600;
const checkEvery = 40;

function base(seed: number): RunConfig {
  const nano = preset('nano');
  const epochs = 10;
  return {
    ...nano,
    preset: 'experiment',
    seed,
    model: { ...nano.model, crop: 32, depth: 2 },
    optim: { ...nano.optim, epochs, warmup: 1, ipe: healthSteps / epochs },
  };
}

const altered =
  (loss: Partial<RunConfig['loss']>, optim: Partial<RunConfig['optim']> = {}) =>
  (seed: number): RunConfig => {
    const c = base(seed);
    return { ...c, loss: { ...c.loss, ...loss }, optim: { ...c.optim, ...optim } };
  };

/** Plain runs are open: at this size they may collapse, and may be out of it again. */
export const healthArms: readonly HealthArm[] = [
  { id: 'sigreg', label: 'SIGReg 0.02', kind: 'sound', config: base },
  { id: 'sigreg-strong', label: 'SIGReg 0.05', kind: 'sound', config: altered({ sigreg: 0.05 }) },
  {
    id: 'sigreg-slow',
    label: 'SIGReg 0.02, a third of the learning rate',
    kind: 'sound',
    config: altered({}, { lr: 3e-4 }),
  },
  { id: 'plain', label: 'no SIGReg', kind: 'open', config: altered({ sigreg: 0 }) },
  {
    id: 'official',
    label: 'no SIGReg, official cut',
    kind: 'open',
    config: (seed) => ({ ...altered({ sigreg: 0 })(seed), maskCut: 'official' }),
  },
  { id: 'ema-0', label: 'no SIGReg, EMA 0', kind: 'sick', config: altered({ sigreg: 0 }, { ema: [0, 0] }) },
  { id: 'ema-half', label: 'no SIGReg, EMA 0.5', kind: 'sick', config: altered({ sigreg: 0 }, { ema: [0.5, 0.5] }) },
  {
    id: 'ema-1',
    label: 'no SIGReg, a teacher that stands still',
    kind: 'open',
    config: altered({ sigreg: 0 }, { ema: [1, 1] }),
  },
  {
    id: 'lr-30',
    label: 'no SIGReg, 30 times the learning rate',
    kind: 'sick',
    config: altered({ sigreg: 0 }, { lr: 0.03 }),
  },
  {
    id: 'raw-targets',
    label: 'no SIGReg, targets not normalised',
    kind: 'sick',
    config: altered({ sigreg: 0 }),
    flaw: 'raw targets',
  },
  {
    id: 'live-targets',
    label: 'no SIGReg, no stop-gradient (EMA 0, one mask set)',
    kind: 'sick',
    config: (seed) => {
      const c = altered({ sigreg: 0 }, { ema: [0, 0] })(seed);
      return { ...c, masks: c.masks.slice(0, 1) };
    },
    flaw: 'live targets',
  },
];

export interface HealthRecord {
  arm: string;
  kind: HealthArm['kind'];
  seed: number;
  steps: number;
  losses: number[];
  rows: HealthRow[];
  /** after every check, with the thresholds as they were when it was recorded */
  verdicts: { step: number; state: HealthState; evidence: string }[];
  /** milliseconds of all checks over those of all steps, on this cadence */
  share: number;
  seconds: number;
}

export async function runHealth(
  arm: HealthArm,
  seed: number,
  { pipelines, variant, log }: Tools,
): Promise<HealthRecord> {
  const began = performance.now();
  const config = arm.config(seed);
  const sources = Array.from({ length: trainingClips }, (_, i) => drawnSource(seed, i, usualLook));
  const run = await Pretraining.create(pipelines, config, sources, { variant, ...(arm.flaw && { flaw: arm.flaw }) });
  const held = drawnHeldOut(config, (index) => ({
    source: drawnSource(seed, index, usualLook),
    labels: proceduralLabels(seed, index),
  }));
  const check = await HealthCheck.create(pipelines, run, held, variant);
  const rows = [await check.check([], true)];
  const verdicts: HealthRecord['verdicts'] = [];
  const losses: number[] = [];
  let trained = 0;
  while (!run.finished) {
    const from = performance.now();
    const m = await (await run.advance()).metrics;
    trained += performance.now() - from;
    losses.push(Number(m.loss.toPrecision(5)));
    if (run.step % checkEvery) continue;
    rows.push(await check.check([], run.step % (checkEvery * 5) === 0));
    const { state, evidence } = healthVerdict(rows);
    verdicts.push({ step: run.step, state, evidence });
    log(`${arm.id} seed ${seed}, step ${run.step}: ${state}. ${evidence}`);
  }
  check.destroy();
  run.destroy();
  const share = rows.reduce((sum, row) => sum + row.milliseconds, 0) / trained;
  const seconds = (performance.now() - began) / 1000;
  return { arm: arm.id, kind: arm.kind, seed, steps: healthSteps, losses, rows, verdicts, share, seconds };
}
