// Sizes of files and of memory, in words. KB, MB and GB are 1024 times each other, as GPUs count their limits.

/** 1234567 bytes → "1.2 MB"; what rounds to 1024 of a unit is one of the next. */
export function byteSize(n: number): string {
  const kilobytes = Math.ceil(n / 1024);
  if (kilobytes < 1024) return `${kilobytes} KB`;
  const megabytes = n / 2 ** 20;
  return Math.round(megabytes) < 1024
    ? `${megabytes.toFixed(megabytes < 10 ? 1 : 0)} MB`
    : `${(n / 2 ** 30).toFixed(1)} GB`;
}
