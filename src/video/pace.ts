// How long each frame of a playing clip is shown.

/** No frame is shown shorter than this, in milliseconds: twelve a second are seen one by one. */
export const shortestShown = 83;
/** Nor longer: a still of a slide show would look like a page that hangs. */
export const longestShown = 2000;
/** Of a clip with one frame, which has no pace. */
const ofOne = 100;

/** Milliseconds for which a frame is shown, by the times of all frames in seconds; the last one as long as the one before. */
export function shownFor(times: readonly number[], frame: number): number {
  const last = times.length - 1;
  if (last < 1) return ofOne;
  const at = Math.min(Math.max(frame, 0), last - 1);
  return Math.min(Math.max((times[at + 1] - times[at]) * 1000, shortestShown), longestShown);
}
