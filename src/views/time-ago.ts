// How long ago something was, said again every few seconds while it is shown.

import { numbered } from '../core/numbered.ts';
import { useEffect, useState } from 'react';
import { duration } from './numbers.ts';

const every = 5000;

export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** "20 s ago", "3 days ago" */
export function ago(then: number, now: number): string {
  const seconds = Math.max(0, (now - then) / 1000);
  if (seconds < 1) return 'just now';
  const days = Math.floor(seconds / 86_400);
  return days ? `${numbered(days, 'day')} ago` : `${duration(seconds)} ago`;
}
