import { describe, expect, test } from 'vitest';
import { type PaperTable, paperDataSets, paperTables } from './paper-tables.ts';

const table = (id: string): PaperTable => {
  const found = paperTables.find((t) => t.id === id);
  if (!found) throw new Error(`no table ${id}`);
  return found;
};
const rowOf = (id: string, name: string) => {
  const found = table(id).rows.find((r) => r.name.startsWith(name));
  if (!found) throw new Error(`no row ${name} in ${id}`);
  return found;
};
const values = (id: string, name: string) => rowOf(id, name).values;

describe('tables of the paper', () => {
  test('every row fills its columns, every table says how and from where', () => {
    expect(new Set(paperTables.map((t) => t.id)).size).toBe(paperTables.length);
    for (const t of paperTables) {
      const columns = t.columns.flatMap((c) => c.names).length;
      for (const r of t.rows) {
        expect(r.values, `${t.id}, ${r.name}`).toHaveLength(columns);
        if (r.deviations) expect(r.deviations).toHaveLength(columns);
      }
      expect(t.rows.some((r) => r.own)).toBe(true);
      expect(t.protocol).not.toBe('');
      expect(t.source).toContain('arXiv 2404.08471');
      // what is left out is said
      if (t.rows.some((r) => r.values.includes(null))) expect(t.remarks.join(' ')).toContain('Left out');
    }
  });

  test('short names are explained', () => {
    const shorts = paperTables
      .flatMap((t) => t.columns.flatMap((c) => [c.head, ...c.names]))
      .filter((n) => /^(?:[A-Z]+\d|SS|AVA|Pl|iN)/.test(n));
    for (const short of new Set(shorts)) expect(paperDataSets.map((d) => d.short)).toContain(short);
  });

  test('differences that the paper speaks of', () => {
    const [pixels, features] = [values('targets', 'Pixels'), values('targets', 'Features')];
    const gains = features.map((v, i) => Math.round(((v ?? 0) - (pixels[i] ?? 0)) * 10) / 10);
    expect(gains).toEqual([5.1, 0.2, 1.5, 0.2]);
    // what is lost from half of the labels to 5 %
    const lost = (name: string) => {
      const v = values('few-labels', name);
      return [(v[2] ?? 0) - (v[0] ?? 0), (v[5] ?? 0) - (v[3] ?? 0)].map((x) => Math.round(x * 10) / 10);
    };
    expect(lost('V-JEPA ViT-H/16, 384')).toEqual([12.4, 13.9]);
    expect(lost('VideoMAE ViT-H')).toEqual([15.9, 19.1]);
    expect(lost('MVD')).toEqual([14.6, 18.1]);
    expect(lost('VideoMAEv2')).toEqual([30.8, 26]);
  });

  test('what two tables give is the same in both', () => {
    // V-JEPA ViT-L/16: tables 1, 3, 5, 6, 12 and 15
    const large = values('pixels', 'V-JEPA').slice(2);
    expect(values('state-of-the-art', 'V-JEPA ViT-L').slice(0, 6)).toEqual(large.slice(0, 6));
    expect(values('fine-tuning', 'V-JEPA ViT-L')).toEqual(large.slice(6));
    expect(values('pooling', 'V-JEPA, several')[1]).toBe(large[0]);
    expect(values('pooling', 'V-JEPA, several')[3]).toBe(large[1]);
    expect([1, 3].map((i) => values('pooling', 'V-JEPA, one')[i])).toEqual(values('targets', 'Features').slice(0, 2));
    expect(values('targets', 'Features')[3]).toBe(large[6]);
    // tables 1, 2 and 4
    expect(values('mix', 'ViT-L/16, VideoMix2M').slice(1, 4)).toEqual(values('targets', 'Features').slice(0, 3));
    expect(values('mix', 'ViT-L/16, K710 and SSv2').slice(1, 4)).toEqual(values('masking', 'Multi-block'));
    const videoMae = values('pixels', 'VideoMAE');
    expect(values('pooling', 'VideoMAE')[1]).toBe(videoMae[2]);
    expect(values('fine-tuning', 'VideoMAE ViT-L')).toEqual(videoMae.slice(8));
  });

  test('averages are those of their row, to the decimal that is given', () => {
    for (const {
      values: [, ...of],
    } of table('mix').rows) {
      const [k400, ssv2, imageNet, average] = of.map((v) => v ?? NaN);
      const exact = (k400 + ssv2 + imageNet) / 3;
      expect(Math.abs(exact - average)).toBeLessThan(0.1);
    }
  });

  test('the numbers that everyone quotes, and what is to be said about the third', () => {
    const [k400, ssv2, , imageNet] = values('state-of-the-art', 'V-JEPA ViT-H/16, 384');
    expect([k400, ssv2, imageNet]).toEqual([81.9, 72.2, 77.4]);
    expect(table('state-of-the-art').remarks.join(' ')).toMatch(/77\.9 %.*two layers.*77\.4 %/);
  });
});
