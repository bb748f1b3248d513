// A worker that trains and evaluates nothing: it answers the page's commands with numbers that the story knows, so that
// what the Evaluate screen makes of them can be looked at within seconds.

import type { Page } from 'playwright/test';
import { runInWorker } from './in-worker.ts';

/** Runs in the worker, before its own code: takes the commands that it answers, and lets the others through. */
function pretend(): void {
  const post = (event: unknown) => postMessage(event);
  const classes = ['disc', 'square', 'triangle', 'cross'];
  // truth down: 10 clips of each class, most of them right
  const counts = [8, 1, 1, 0, 2, 6, 2, 0, 1, 1, 8, 0, 0, 0, 3, 7];
  const means: Record<string, number> = {
    trained: 0.72,
    beside: 0.6,
    random: 0.5,
    colour: 0.26,
    shuffled: 0.7,
    still: 0.55,
  };
  const drop: Record<string, number> = { linear: 0, attentive: 0.06, knn: -0.1 };
  const clips = counts.flatMap((n, place) =>
    Array.from({ length: n }, (_, i) => ({
      clip: { kind: 'drawn', index: 1_000_000 + place * 10 + i },
      truth: Math.floor(place / 4),
      answer: place % 4,
      confidence: 0.9 - 0.1 * i,
    })),
  );
  interface Asked {
    probes: string[];
    sources: string[];
    shares: number[];
    seeds: number;
    runId: string | null;
    beside: { label: string } | null;
  }
  let running: string | null = null;
  const evaluate = (jobId: string, request: Asked) => {
    running = jobId;
    const rows = request.shares.flatMap((share) =>
      request.probes.flatMap((probe) =>
        [...request.sources, ...(request.beside ? ['beside'] : [])].map((source) => {
          const mean = means[source] + drop[probe] - 0.2 * (1 - share);
          const trials = Array.from({ length: request.seeds }, (_, seed) => ({
            seed,
            draw: 0,
            epoch: 7,
            validation: mean,
            test: mean + 0.02 * (seed - (request.seeds - 1) / 2),
          }));
          const deviation = request.seeds > 1 ? 0.02 : 0;
          return { source, probe, share, labels: Math.round(120 * share), trials, mean, deviation };
        }),
      ),
    );
    let done = 0;
    // the story that cancels must have the time to
    const pause = request.runId === null && request.shares.length > 1 ? 500 : 60;
    const next = () => {
      if (running !== jobId) return;
      const [total, secondsLeft] = [rows.length, done ? rows.length - done : null];
      post({ type: 'progress', jobId, stage: 'Features of trained', done, total, secondsLeft });
      if (done < rows.length) {
        post({ type: 'evaluationRow', jobId, row: rows[done++] });
        // the first rows stay long enough to be looked at on a busy machine
        setTimeout(next, done <= 2 ? 1500 : pause);
        return;
      }
      running = null;
      post({
        type: 'evaluated',
        jobId,
        report: {
          request,
          step: request.runId === null ? null : 30,
          beside: request.beside && { label: request.beside.label, target: 'pixels', step: 40 },
          classes,
          counts: classes.map(() => [30, 10, 10]),
          fingerprint: 'c0ffee'.padEnd(64, '0'),
          chance: 0.25,
          metric: 'accuracy',
          rows,
          confusion: request.runId === null ? null : { probe: request.probes[0], counts, clips },
          warnings: [],
          finishedAt: Date.UTC(2026, 0, 2),
          seconds: 12,
        },
      });
    };
    setTimeout(next, 60);
  };
  const metrics = (step: number) => ({
    step,
    loss: 1 / (step + 1),
    lossPerSet: [1 / (step + 1), 1 / (step + 1)],
    terms: { latent: 1, variance: 0, sigreg: 1 },
    encoderNorm: 1,
    predictorNorm: 1,
    lr: 0.001,
    weightDecay: 0.04,
    momentum: 0.99,
    tokens: 100,
    milliseconds: 10,
  });
  addEventListener('message', (event) => {
    const command = (event as MessageEvent<Record<string, never>>).data as unknown as {
      type: string;
      runId: string;
      jobId: string;
      requestId: string;
      request: Asked;
    };
    const { type, runId, jobId, requestId } = command;
    if (type === 'start') {
      post({ type: 'runState', runId, state: 'running', step: 0, error: null });
      post({ type: 'metrics', runId, rows: Array.from({ length: 30 }, (_, i) => metrics(i)) });
      post({ type: 'runState', runId, state: 'paused', step: 30, error: null });
    } else if (type === 'look') {
      const kept = { preset: 'nano', step: 40, total: 1000, savedAt: 0, steps: [40], bytes: 1, elsewhere: false };
      const storage = { persisted: true, usage: 0, quota: 1 };
      const note = { name: '', notes: '', group: '', pinned: null, hidden: false, leaves: null };
      post({
        type: 'kept',
        runs: [{ runId: 'kept-1', ...kept, missing: [], otherwise: [], loss: null, note }],
        storage,
      });
    } else if (type === 'evaluate') {
      evaluate(jobId, command.request);
    } else if (type === 'cancel' && jobId === running) {
      running = null;
      post({ type: 'jobDone', jobId, cancelled: true });
    } else if (type === 'lookWithProbe') {
      // nano: 4 × 5 × 5 tokens, 2 heads; head 1 looks at the first tubelet, head 2 at the last
      const weights = new Float32Array(200);
      weights.fill(1 / 25, 0, 25);
      weights.fill(1 / 25, 175, 200);
      post({ type: 'looked', requestId, attention: { heads: 2, weights, answer: [0.1, 0.2, 0.6, 0.1] } });
    } else if (type !== 'map') return;
    event.stopImmediatePropagation();
  });
}

/** The page gets that worker. */
export async function pretendToEvaluate(page: Page): Promise<void> {
  await runInWorker(page, `(${pretend.toString()})();`);
}
