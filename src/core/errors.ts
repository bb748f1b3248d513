// The errors a user may meet. Each names the thing, the value, the limit and the next step.

export type ErrorCode =
  | 'config' // a setting that cannot work
  | 'video' // a file that cannot be read
  | 'no-video' // a file that never was a video
  | 'checkpoint' // what holds a run, where a video was looked for
  | 'gpu-missing' // no WebGPU, no adapter, or a limit that is too low
  | 'gpu-lost' // the device went away
  | 'gpu-memory' // the plan needs more memory than the budget
  | 'shader' // a kernel that does not compile
  | 'non-finite' // NaN or infinity in a step
  | 'format' // a file of weights or settings that breaks its format
  | 'storage' // the browser's storage: full, taken by another tab, not there
  | 'cancelled' // the user asked to stop
  | 'internal'; // a mistake of ours

/** An error meant to be read: `message` says what happened, `advice` what to do next. */
export class StudioError extends Error {
  readonly code: ErrorCode;
  readonly advice: string;

  constructor(code: ErrorCode, message: string, advice = '') {
    super(message);
    this.name = 'StudioError';
    this.code = code;
    this.advice = advice;
  }
}

/** Plain data, for the trip between worker and page. */
export interface ErrorReport {
  code: ErrorCode;
  message: string;
  advice: string;
}

/** What went wrong with a file, by its name. */
export function reportFile(name: string, error: unknown): ErrorReport {
  const report = reportError(error);
  return report.message.includes(name) ? report : { ...report, message: `${name}: ${report.message}` };
}

export function reportError(error: unknown): ErrorReport {
  if (error instanceof StudioError) return { code: error.code, message: error.message, advice: error.advice };
  if (error instanceof Error) return { code: 'internal', message: `${error.name}: ${error.message}`, advice: '' };
  return { code: 'internal', message: String(error), advice: '' };
}
