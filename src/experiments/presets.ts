// Presets, tried: every arm is a preset as the page has it (or without what the studio added to it), trained to its end and
// asked about motion and shape, beside random weights. What it took is recorded with what came of it.

import { totalSteps } from '../core/config.ts';
import { usualLook } from '../core/drawn-look.ts';
import { HealthCheck } from '../tasks/health.ts';
import { drawnHeldOut } from '../tasks/held-out.ts';
import { proceduralLabels } from '../video/procedural.ts';
import type { PhysicsShares } from '../protocol/looking.ts';
import { sharesOf, untrainedShares } from './physics.ts';
import { type PresetArm, presetAxes } from './preset-arms.ts';
import { type ArmRecord, askArm, drawnSource, type Tools, trainArm } from './run.ts';

export interface PresetRecord extends ArmRecord {
  /** steps taken; 0 for random weights */
  steps: number;
  /** seconds that training took, without what was asked */
  trainingSeconds: number;
  /** effective rank and spread of the target encoder's tokens on held-out clips */
  rank: number;
  spread: number;
  /** of the trained network; of untrained ones with the random arm, once; empty where the arm is not asked */
  physics: PhysicsShares[];
}

export async function runPreset(arm: PresetArm, seed: number, tools: Tools): Promise<PresetRecord> {
  const began = performance.now();
  const config = arm.config(seed);
  const one = { id: arm.id, looks: [usualLook], asked: usualLook };
  // random weights are those of a run that has taken no step
  const length = arm.untrained ? { ...config, optim: { ...config.optim, epochs: 0 } } : config;
  const { run, losses } = await trainArm(one, length, tools);
  const trainingSeconds = (performance.now() - began) / 1000;
  const held = drawnHeldOut(config, (index) => ({
    source: drawnSource(seed, index, usualLook),
    labels: proceduralLabels(seed, index),
  }));
  const check = await HealthCheck.create(tools.pipelines, run, held, tools.variant);
  const { target } = await check.check([], false);
  check.destroy();
  const physics = !arm.physics
    ? []
    : !arm.untrained
      ? [await sharesOf(run.nets, config, tools)]
      : seed === 0
        ? await untrainedShares(config, tools)
        : [];
  const { asking, labels } = arm.asked;
  const questions = presetAxes.map((axis) => ({ axis, shares: labels.map((n) => n / asking.train) }));
  const reports = await askArm(one, config, arm.untrained ? null : run, asking, questions, tools);
  run.destroy();
  return {
    arm: arm.id,
    seed,
    losses: arm.untrained ? [] : losses,
    seconds: (performance.now() - began) / 1000,
    reports,
    steps: arm.untrained ? 0 : totalSteps(config.optim),
    trainingSeconds: arm.untrained ? 0 : trainingSeconds,
    rank: target.rank,
    spread: target.spread,
    physics,
  };
}
