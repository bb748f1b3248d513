// Owns the worker. Commands go out, events come back to the page's listener and to parts of the page that were loaded since;
// requests can be awaited.

import { StudioError } from '../core/errors.ts';
import type { Command, Event } from '../protocol/messages.ts';

type Request = Extract<Command, { requestId: string }>;
type Answer = Extract<Event, { requestId: string }>;

let worker: Worker | null = null;
let listener: (event: Event) => void = () => {};
const later = new Set<(event: Event) => void>();
let requests = 0;
const waiting = new Map<string, { resolve: (answer: Answer) => void; reject: (error: StudioError) => void }>();

/** Starts the worker; every event goes to `onEvent`. */
export function startEngine(onEvent: (event: Event) => void): void {
  listener = onEvent;
  worker = new Worker(new URL('../worker/worker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('message', ({ data }: MessageEvent<Event>) => receive(data));
  worker.addEventListener('error', (event) => {
    const error = new StudioError(
      'internal',
      `The worker stopped: ${event.message || 'it could not be loaded'}.`,
      'Reload the page.',
    );
    worker?.terminate();
    worker = null;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    tell({
      type: 'device',
      state: { kind: 'none', error: { code: error.code, message: error.message, advice: error.advice } },
    });
  });
}

/** Events go here too, from now on. */
export const hear = (onEvent: (event: Event) => void): void => void later.add(onEvent);

function tell(event: Event): void {
  listener(event);
  for (const onEvent of later) onEvent(event);
}

export function send(command: Command): void {
  worker?.postMessage(command);
}

/** Sends a request and waits for its answer. */
export function ask<T extends Answer['type']>(
  type: T,
  request: WithoutId<Request>,
): Promise<Extract<Answer, { type: T }>> {
  if (!worker) return Promise.reject(new StudioError('internal', 'The worker has stopped.', 'Reload the page.'));
  const requestId = `request ${++requests}`;
  return new Promise((resolve, reject) => {
    waiting.set(requestId, {
      resolve: (answer) =>
        answer.type === type
          ? resolve(answer as Extract<Answer, { type: T }>)
          : reject(new StudioError('internal', `asked for ${type}, was answered with ${answer.type}`)),
      reject,
    });
    send({ ...request, requestId });
  });
}

type WithoutId<T> = T extends unknown ? Omit<T, 'requestId'> : never;

function receive(event: Event): void {
  if (!('requestId' in event)) return tell(event);
  const request = waiting.get(event.requestId);
  waiting.delete(event.requestId);
  if (event.type === 'requestFailed')
    request?.reject(new StudioError(event.error.code, event.error.message, event.error.advice));
  else request?.resolve(event);
}
