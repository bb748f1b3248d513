// Measures masks a slice at a time, so that progress is told and a cancel is heard.

import { reportError } from '../core/errors.ts';
import { MaskMeasurement } from '../mask/statistics.ts';
import type { MaskCommand, MaskEvent } from '../protocol/messages.ts';
import { breathe } from '../core/breathe.ts';

/** Milliseconds of work between two looks at the messages, and between two messages of progress. */
const slice = 40;
const progressEvery = 120;

export interface Measuring {
  handle: (command: MaskCommand) => Promise<void>;
}

/** One measurement at a time; a new one ends the one before. */
export function createMeasuring(post: (event: MaskEvent) => void): Measuring {
  let current: string | null = null;

  const end = () => {
    if (current !== null) post({ type: 'measureCancelled', jobId: current });
    current = null;
  };

  async function measure({ jobId, request }: Extract<MaskCommand, { type: 'measure' }>): Promise<void> {
    end();
    current = jobId;
    try {
      const measurement = new MaskMeasurement(request);
      let told = -Infinity;
      while (!measurement.finished) {
        const until = performance.now() + slice;
        while (!measurement.finished && performance.now() < until) measurement.advance();
        if (measurement.finished || performance.now() - told > progressEvery) {
          told = performance.now();
          post({ type: 'measuring', jobId, done: measurement.done, total: measurement.total });
        }
        await breathe();
        if (current !== jobId) return;
      }
      current = null;
      post({ type: 'measured', jobId, statistics: measurement.result() });
    } catch (error) {
      current = null;
      post({ type: 'measureFailed', jobId, error: reportError(error) });
    }
  }

  return {
    async handle(command) {
      switch (command.type) {
        case 'measure':
          return measure(command);
        case 'cancelMeasure':
          if (current === command.jobId) end();
          return;
      }
      return command satisfies never;
    },
  };
}
