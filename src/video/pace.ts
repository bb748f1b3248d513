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

/** When a frame of a film is shown and for how long, in seconds. */
export interface FilmTime {
  at: number;
  seconds: number;
}

/** Seconds of a frame that has no time of its own: a short video repeats its last one, and a still has one alone. */
const ofStill = 1 / 12;

/** A film of the frames at these seconds, from 0 on, at their own pace; the last as long as the one before. */
export function filmTimes(times: readonly number[]): FilmTime[] {
  const film: FilmTime[] = [];
  let at = 0;
  for (let i = 0; i < times.length; i++) {
    const gap = times[i + 1] - times[i];
    const seconds = i + 1 < times.length ? (gap > 0 ? gap : ofStill) : (film.at(-1)?.seconds ?? ofStill);
    film.push({ at, seconds });
    at += seconds;
  }
  return film;
}
