// How long something computes, for tests of its growth: wall time also tells what others do on the machine.

/** Begins; the result gives the milliseconds that this process has computed since. */
export function cpuTimer(): () => number {
  const began = process.cpuUsage();
  return () => process.cpuUsage(began).user / 1000;
}
