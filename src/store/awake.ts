// A screen that goes dark lets many devices sleep, and training with it: while a run takes steps it is kept awake.

import { create } from 'zustand';
import { useStudio } from './studio.ts';

/** off: not training; held: the device stays awake; refused: the browser would not or cannot */
export const useAwake = create<{ awake: 'off' | 'held' | 'refused' }>(() => ({ awake: 'off' }));

let lock: WakeLockSentinel | null = null;
let asking = false;

const training = (): boolean => useStudio.getState().run?.state === 'running';

/** Follows the run; the browser lets go by itself when the page is hidden, so it is asked again when it comes back. */
export function stayAwake(): void {
  useStudio.subscribe(({ run }, before) => {
    if (run?.state !== before.run?.state) void follow();
  });
  document.addEventListener('visibilitychange', () => void follow());
}

async function follow(): Promise<void> {
  if (!training()) {
    useAwake.setState({ awake: 'off' });
    const held = lock;
    lock = null; // a run that is resumed meanwhile asks for another
    await held?.release();
    return;
  }
  if (lock || asking || document.visibilityState === 'hidden') return;
  asking = true;
  try {
    const held = await navigator.wakeLock.request('screen');
    lock = held;
    held.addEventListener('release', () => {
      if (lock !== held) return;
      lock = null;
      useAwake.setState({ awake: 'off' });
    });
    useAwake.setState({ awake: 'held' });
  } catch {
    useAwake.setState({ awake: 'refused' }); // battery low, not allowed, or not there: the page says so
  } finally {
    asking = false;
  }
  if (!training()) await follow(); // it may have ended meanwhile
}
