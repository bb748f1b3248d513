// How much GPU memory the studio takes for all that it does. No browser tells how much there is, and running out may not be reported at
// all: so there is a limit of its own, which whoever knows the device can move.

const gigabyte = 2 ** 30;

/** Gigabytes (of 2 ** 30 bytes) that can be chosen. */
export const memoryLimits = [1, 2, 4, 8, 16, 32, 64] as const;
export type MemoryLimit = (typeof memoryLimits)[number];
/** What most GPUs have. */
export const usualLimit: MemoryLimit = 4;

export const isMemoryLimit = (v: unknown): v is MemoryLimit => memoryLimits.some((known) => known === v);

export const bytesOf = (limit: MemoryLimit): number => limit * gigabyte;
