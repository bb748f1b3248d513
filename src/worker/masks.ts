// The door of the mask worker: no GPU, no videos, only numbers.

import type { MaskCommand, MaskEvent } from '../protocol/messages.ts';
import { createMeasuring } from './measuring.ts';

const measuring = createMeasuring((event: MaskEvent) => self.postMessage(event));

self.addEventListener('message', (message: MessageEvent<MaskCommand>) => void measuring.handle(message.data));
