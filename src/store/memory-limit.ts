// The limit on GPU memory that the user chose, remembered on this device.

import { create } from 'zustand';
import { isMemoryLimit, type MemoryLimit, usualLimit } from '../core/memory-limit.ts';
import { refreshCost } from './actions.ts';
import { send } from './engine.ts';
import { remember, remembered } from './remembered.ts';

const place = 'gpu memory limit';

export const useMemoryLimit = create<{ limit: MemoryLimit }>(() => ({ limit: usualLimit }));

/** What was chosen on an earlier visit; before anything is asked of the worker. */
export function recallMemoryLimit(): void {
  const limit = remembered(place);
  if (!isMemoryLimit(limit) || limit === usualLimit) return;
  useMemoryLimit.setState({ limit });
  send({ type: 'limitMemory', limit });
}

/** For runs to come; what they cost is told anew. */
export function limitMemory(limit: MemoryLimit): void {
  useMemoryLimit.setState({ limit });
  remember(place, limit === usualLimit ? null : limit);
  send({ type: 'limitMemory', limit });
  void refreshCost();
}
