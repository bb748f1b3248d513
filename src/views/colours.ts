// Fixed meanings of colours: context blue, target orange, unused grey; error in magma, similarity in viridis; series in Okabe–Ito with dashes.

/** Ten stops of matplotlib's magma. */
const magmaStops = [
  [0, 0, 4],
  [24, 15, 61],
  [68, 15, 118],
  [114, 31, 129],
  [158, 47, 127],
  [205, 64, 113],
  [241, 96, 93],
  [253, 150, 104],
  [254, 202, 141],
  [252, 253, 191],
] as const;

/** Colour of a value in [0, 1]. */
export const magma = (value: number): [number, number, number] => between(magmaStops, value);

function between(stops: readonly (readonly [number, number, number])[], value: number): [number, number, number] {
  // what is not a number, as of weights that broke, is the darkest: the numbers beside the picture say so
  const at = (value > 0 ? Math.min(value, 1) : 0) * (stops.length - 1);
  const low = Math.min(Math.floor(at), stops.length - 2);
  const share = at - low;
  const mix = (k: 0 | 1 | 2) => Math.round(stops[low][k] * (1 - share) + stops[low + 1][k] * share);
  return [mix(0), mix(1), mix(2)];
}

/** Nine stops of matplotlib's viridis. */
const viridisStops = [
  [68, 1, 84],
  [71, 44, 122],
  [59, 81, 139],
  [44, 113, 142],
  [33, 144, 141],
  [39, 173, 129],
  [92, 200, 99],
  [170, 220, 50],
  [253, 231, 37],
] as const;

/** Colour of a similarity brought to [0, 1]. */
export const viridis = (value: number): [number, number, number] => between(viridisStops, value);

/** Seven stops of ColorBrewer's RdBu. */
const rdbuStops = [
  [178, 24, 43],
  [239, 138, 98],
  [253, 219, 199],
  [247, 247, 247],
  [209, 229, 240],
  [103, 169, 207],
  [33, 102, 172],
] as const;

/** Colour of a signed value in [-1, 1]: red below zero, blue above. */
export const rdbu = (value: number): [number, number, number] => between(rdbuStops, (value + 1) / 2);

const nearlyBlack = [12, 14, 17] as const;
export const contextBlue = '#3b82f6';
export const targetOrange = '#f59331';

/** Colour of a share of draws in [0, 1], by what is counted: from nearly black to the blue or orange above. */
export const coverage = {
  context: (share: number): [number, number, number] => between([nearlyBlack, [59, 130, 246]], share),
  target: (share: number): [number, number, number] => between([nearlyBlack, [245, 147, 49]], share),
} as const;

/** Okabe–Ito, in the shades of theme.css that read on its two backgrounds, with a dash pattern each. */
export const series = [
  { colour: 'var(--series-1)', dash: '' },
  { colour: 'var(--series-2)', dash: '6 3' },
  { colour: 'var(--series-3)', dash: '2 3' },
  { colour: 'var(--series-4)', dash: '8 3 2 3' },
  { colour: 'var(--series-5)', dash: '4 2' },
  { colour: 'var(--series-6)', dash: '10 4' },
] as const;

/** Short stable hash of numbers; lets stories and screen readers tell two pictures apart. */
export function hashOf(values: Iterable<number>): string {
  let hash = 0x811c9dc5;
  for (const v of values) hash = Math.imul(hash ^ Math.round(v * 1e6), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}
