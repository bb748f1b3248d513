import { expect, it } from 'vitest';
import { tokenCsv } from './token-csv.ts';

it('one line per token, nothing where there is no number', () => {
  const values = Float32Array.of(0.5, 1, NaN, -2, 3, 4, 5, 6);
  expect(tokenCsv({ t: 2, h: 1, w: 2 }, ['red', 'green'], values)).toBe(
    'tubelet,row,column,red,green\n0,0,0,0.5,1\n0,0,1,,-2\n1,0,0,3,4\n1,0,1,5,6\n',
  );
});
