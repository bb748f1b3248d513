// Waiting for what a store will hold.

import type { StoreApi } from 'zustand';

/** Resolves as soon as the store is so. */
export function until<S>(store: Pick<StoreApi<S>, 'getState' | 'subscribe'>, so: (s: S) => boolean): Promise<void> {
  if (so(store.getState())) return Promise.resolve();
  return new Promise((resolve) => {
    const end = store.subscribe((s) => {
      if (!so(s)) return;
      end();
      resolve();
    });
  });
}
