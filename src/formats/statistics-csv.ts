// Statistics as one tidy CSV: a number a line, with columns that say what it is of. Opens in pandas and R as it is.

import { maskCuts } from '../core/config.ts';
import type { CountStatistics, MaskStatistics } from '../core/mask-statistics.ts';

const columns = 'set,cut,role,measure,t,y,x,tokens_or_steps,value';

/** Sets, t, y and x are indices, from 0. measure: mean, sd, min, max of a number of tokens; clips that have exactly so many tokens; frequency of a token;
 * coverage of a place; mean tokens of a tubelet; share of clips without context in the last tubelet; distance. */
export function statisticsCsv({ sets, grid, batch, clips }: MaskStatistics): string {
  const lines = [columns, `,,,clips,,,,,${clips}`, `,,,batch,,,,,${batch}`];
  sets.forEach(({ cuts }, set) => {
    for (const cut of maskCuts) {
      const s = cuts[cut];
      const add = (role: string, measure: string, value: number, place: (number | '')[] = ['', '', '', '']) =>
        lines.push([set, cut, role, measure, ...place, value].join(','));
      const counts = (role: string, c: CountStatistics) => {
        for (const measure of ['mean', 'sd', 'min', 'max'] as const) add(role, measure, c[measure]);
        c.histogram.forEach((n, tokens) => n && add(role, 'clips', n, ['', '', '', tokens]));
      };
      counts('context', s.context);
      counts('target', s.target);
      counts('unused', s.unused);
      add('context', 'without_last_tubelet', s.withoutLastContext);
      add('target', 'distance_mean', s.distance.mean);
      add('target', 'distance_sd', s.distance.sd);
      s.distance.histogram.forEach((n, steps) => n && add('target', 'distance', n, ['', '', '', steps]));
      s.contextPerTubelet.forEach((v, t) => add('context', 'per_tubelet', v, [t, '', '', '']));
      s.targetPerTubelet.forEach((v, t) => add('target', 'per_tubelet', v, [t, '', '', '']));
      const plane = grid.h * grid.w;
      const place = (n: number): [number, number] => [Math.floor((n % plane) / grid.w), n % grid.w];
      s.contextCoverage.forEach((v, n) => add('context', 'coverage', v, ['', ...place(n), '']));
      s.targetCoverage.forEach((v, n) => add('target', 'coverage', v, ['', ...place(n), '']));
      const token = (n: number): (number | '')[] => [Math.floor(n / plane), ...place(n), ''];
      s.contextFrequency.forEach((v, n) => add('context', 'frequency', v, token(n)));
      s.targetFrequency.forEach((v, n) => add('target', 'frequency', v, token(n)));
    }
  });
  return `${lines.join('\n')}\n`;
}
