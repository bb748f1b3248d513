// A worker that keeps runs that were never trained: it answers the page's commands about runs with numbers that the story
// knows, so that what the Runs screen makes of them, and what that costs the page, can be looked at within seconds.

import type { Page } from 'playwright/test';
import { runInWorker } from './in-worker.ts';

/** Runs in the worker, before its own code: takes the commands that it answers, and lets the others through. */
function pretend(): void {
  const post = (event: unknown) => postMessage(event);
  const metric = (step: number, level = 1) => ({
    step,
    loss: level * (0.2 + 1 / (1 + step / 500)) * (1 + 0.2 * Math.sin(step * 1.7)),
    lossPerSet: [level * 0.4, level * (0.5 + 0.1 * Math.cos(step))],
    terms: { latent: 0.4, variance: 0.1, sigreg: 3 },
    encoderNorm: 1 + Math.sin(step),
    predictorNorm: 2 + Math.cos(step * 1.3),
    lr: 0.001 * Math.cos(step / 20_000),
    weightDecay: 0.04,
    momentum: 0.996 + step * 1e-7,
    tokens: 100,
    milliseconds: 30,
  });
  const features = {
    spread: 1,
    pooledSpread: 1,
    dead: 0,
    cosine: 0.5,
    rank: 12,
    rankCentred: 11,
    pooledRank: 3,
    pooledRankCentred: 4,
    spectrum: [1],
  };
  const check = (step: number, level: number) => ({
    step,
    encoder: features,
    target: { ...features, rank: 12 + Math.sqrt(step) * level },
    loss: 0.3,
    swapped: 0.5,
    permuted: 0.5,
    meanBaseline: 0.4,
    nearestBaseline: 0.6,
    lag: 0.1,
    halfLife: 100,
    layers: [],
    clipped: 0,
    probes: [{ axis: 'shape', neighbours: 0.5, linear: 0.6, chance: 0.25, train: 48, test: 48 }],
    milliseconds: 100,
  });
  const long = 19_900;
  // the settings come with the first start; what is kept differs from them in one number
  let config: { model: Record<string, unknown> } | null = null;
  const outlines: Record<string, { steps: number; level: number; predDepth: number }> = {
    'run-m0000001-1': { steps: 300, level: 1.4, predDepth: 2 },
    'run-m0000002-1': { steps: 19_000, level: 0.8, predDepth: 4 },
  };
  const none = { name: '', notes: '', group: '', pinned: null, hidden: false, leaves: null };
  const notes: Record<string, Record<string, unknown>> = {};
  const told: unknown[] = [];
  const look = () =>
    post({
      type: 'kept',
      storage: { persisted: true, usage: 3e6, quota: 3e9 },
      runs: Object.entries(outlines)
        .map(([runId, { steps, level }], i) => ({
          runId,
          preset: 'nano',
          step: steps,
          total: 20_000,
          savedAt: 1_750_000_000_000 + i * 60_000,
          steps: [steps],
          bytes: 3e6,
          elsewhere: false,
          missing: [],
          otherwise: [],
          loss: level,
          note: { ...none, ...notes[runId] },
        }))
        .filter(({ note }) => note.leaves === null || Number(note.leaves) > Date.now())
        .sort((a, b) => b.savedAt - a.savedAt),
    });
  addEventListener('message', (event) => {
    const command = (event as MessageEvent).data as {
      type: string;
      runId: string;
      requestId: string;
      config: typeof config;
      change: Record<string, unknown>;
    };
    const { type, runId, requestId } = command;
    if (type === 'look') look();
    else if (type === 'warm') {
      config ??= command.config;
      return;
    } else if (type === 'readRun') {
      const { steps, level, predDepth } = outlines[runId];
      post({
        type: 'runRead',
        requestId,
        run: {
          runId,
          config: config && { ...config, model: { ...config.model, predDepth } },
          step: steps,
          savedAt: 1,
          adapter: 'told',
          metrics: Array.from({ length: steps }, (_, i) => metric(i, level)),
          health: Array.from({ length: 40 }, (_, i) => check((i * steps) / 40, level)),
          changes: steps === 300 ? [{ step: 100, lr: 0.0004 }] : [],
          clips: [{ kind: 'drawn', seed: 1, first: 0, count: 64 }],
          parent: null,
        },
      });
    } else if (type === 'describeRun') {
      told.push(command.change);
      const { pinned, ...change } = command.change;
      notes[runId] = { ...notes[runId], ...change };
      if (pinned !== undefined) notes[runId].pinned = pinned ? outlines[runId].steps : null;
      post({ type: 'described', requestId });
      look();
      if (change.leaves) setTimeout(look, Number(change.leaves) - Date.now() + 20);
    } else if (type === 'start') {
      post({ type: 'runState', runId, state: 'running', step: 0, error: null });
      post({ type: 'metrics', runId, rows: Array.from({ length: long }, (_, i) => metric(i)) });
      post({
        type: 'health',
        runId,
        rows: Array.from({ length: 60 }, (_, i) => check(i * 300, 1)),
        share: 0.05,
        heldOut: true,
      });
      let step = long;
      // as long as the story looks: charts that get nothing new cost nothing
      setInterval(() => {
        post({ type: 'metrics', runId, rows: [metric(step), metric(step + 1)] });
        step += 2;
      }, 200);
    } else if (type !== 'map' && type !== 'restore') return;
    event.stopImmediatePropagation();
  });
}

/** The page gets that worker. */
export async function pretendToKeep(page: Page): Promise<void> {
  await runInWorker(page, `(${pretend.toString()})();`);
}
