import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StudioError } from '../core/errors.ts';
import { matchCsv, readOfficialCsv } from './official-csv.ts';
import { cpuTimer } from '../testing/cpu-time.ts';

const pairs = (text: string) => readOfficialCsv(text).map(({ path, label }) => [path, label]);

/** Message and advice of the error that is thrown. */
function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof StudioError) return `${error.message}. ${error.advice}`;
    throw error;
  }
  return 'nothing was refused';
}

describe('reading the official list', () => {
  test('path, space, label; paths may hold spaces', () => {
    expect(pairs('/data/k400/jump/a.mp4 12\n/data/k400/play drums/b c.mp4 0\n')).toEqual([
      ['/data/k400/jump/a.mp4', '12'],
      ['/data/k400/play drums/b c.mp4', '0'],
    ]);
  });

  test.each([
    ['tabs', 'a b.mp4\t3\nc.mp4\tbrush hair\n'],
    ['commas', 'a b.mp4,3\nc.mp4, brush hair\n'],
    ['semicolons', 'a b.mp4;3\nc.mp4;brush hair\n'],
    ['double colons', 'a b.mp4::3\nc.mp4::brush hair\n'],
    ['quotes', '"a b.mp4" 3\n"c.mp4" "brush hair"\n'],
    ['quotes and commas', '"a b.mp4","3"\nc.mp4,"brush hair"\n'],
    [
      'a header, a mark, empty lines and the line ends of Windows',
      '\uFEFFpath,label\r\n\r\na b.mp4,3\r\nc.mp4,brush hair',
    ],
  ])('%s', (_name, text) => {
    expect(pairs(text)).toEqual([
      ['a b.mp4', '3'],
      ['c.mp4', 'brush hair'],
    ]);
  });

  test('what looks like a delimiter may belong to the path', () => {
    expect(pairs('a, b.mp4 1\nc.mp4 2\n')).toEqual([
      ['a, b.mp4', '1'],
      ['c.mp4', '2'],
    ]);
    expect(pairs('a, b.mp4,hop\n')).toEqual([['a, b.mp4', 'hop']]);
    expect(pairs('"say ""cheese"".mp4" 1\n')).toEqual([['say "cheese".mp4', '1']]);
  });

  test('frames of Something-Something have no ending: numbers alone', () => {
    expect(pairs('78687 5\n42326 9\n')).toEqual([
      ['78687', '5'],
      ['42326', '9'],
    ]);
  });

  test.each([
    // path, delimiter, label: as quotes, doubled quotes and colons meet
    ['a "b" "c"', [['a "b"', 'c']]],
    ['a ""b"" "say ""c"" twice"', [['a ""b""', 'say "c" twice']]],
    ['a """"', [['a', '"']]],
    ['"a"\t "b"', [['a', 'b']]],
    ['a.mp4:::b', [['a.mp4', ':b']]],
    ['"a.mp4":::b', [['a.mp4', ':b']]],
    ['a.mp4::::b', [['a.mp4:', ':b']]],
    [':::b', [[':', 'b']]],
    ['a.mp4 "b" c', [['a.mp4 "b"', 'c']]],
  ])('%s', (text, expected) => expect(pairs(text)).toEqual(expected));

  test.each(['a.mp4 ""', 'a.mp4"b"', '"a.mp4"b 1', '"a"" 1', 'a.mp4 b"', 'a.mp4 "b', ',b', 'a,', '::b'])(
    '%s has no path and label',
    (text) => expect(refusal(() => readOfficialCsv(text))).toMatch(/has no path and label/),
  );

  test('a line takes no longer because it is odd', () => {
    const gap = ' '.repeat(4090);
    const taken = cpuTimer();
    for (let i = 0; i < 100; i++) {
      refusal(() => readOfficialCsv(`a${gap}b"`));
      refusal(() => readOfficialCsv(`"a"${gap}b"`));
      refusal(() => readOfficialCsv(`a${' "'.repeat(2040)}`));
      refusal(() => readOfficialCsv(`a${':'.repeat(4090)}"`));
    }
    expect(taken()).toBeLessThan(1000);
  });

  test('lines keep their numbers', () => {
    expect(readOfficialCsv('\na.mp4 1\n\nb.mp4 2').map((l) => l.line)).toEqual([2, 4]);
  });

  test('errors name line, text and what is wanted', () => {
    expect(refusal(() => readOfficialCsv('a.mp4 1\n\nb.mp4\n'))).toBe(
      'Line 3 of the list of labels has no path and label: b.mp4. Write the path, a space and the label, as in videos/jump/3.mp4 7.',
    );
    expect(refusal(() => readOfficialCsv(' \n'))).toMatch(/holds no line/);
    expect(refusal(() => readOfficialCsv('\0\x01RIFF'))).toMatch(/is not a text/);
    expect(refusal(() => readOfficialCsv('"a.mp4 1'))).toMatch(/Line 1 .* "a.mp4 1/);
    const long = refusal(() => readOfficialCsv(`a.mp4 1\n${'x'.repeat(1e5)} 2`));
    expect(long).toMatch(/^Line 2 /);
    expect(long.length).toBeLessThan(300);
  });

  test('whatever comes in is read or refused with a sentence, and quickly', () => {
    const piece = fc.constantFrom(
      'a.mp4',
      ' ',
      ',',
      '\t',
      '::',
      ';',
      '"',
      '""',
      '\n',
      '\r\n',
      '7',
      'é',
      '\\',
      '/',
      '\uFEFF',
    );
    const taken = cpuTimer();
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 30 }).map((p) => p.join('')),
        ),
        (text) => {
          try {
            for (const { path, label } of readOfficialCsv(text)) expect(path !== '' && label !== '').toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(StudioError);
          }
        },
      ),
      { numRuns: 1000 },
    );
    refusal(() => readOfficialCsv(`${' '.repeat(4000)}a${' '.repeat(4000)}`));
    refusal(() => readOfficialCsv(`a${' '.repeat(4000)}"`));
    expect(taken()).toBeLessThan(5000);
  });
});

/** As pandas writes it: fields with anything but plain characters are quoted. */
const quoted = (field: string): string => (/^[\w./-]+$/.test(field) ? field : `"${field.replaceAll('"', '""')}"`);

test('whatever pandas quotes is read', () => {
  const field = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((s) => !/[\r\n\0\uFEFF]/.test(s));
  fc.assert(
    fc.property(
      fc.array(fc.record({ path: field, label: fc.oneof(fc.nat().map(String), field) }), { minLength: 1 }),
      (lines) => {
        // a video called "path" with a named label in the first line would pass for a header
        fc.pre(!/^[a-z_]+$/i.test(lines[0].path));
        const text = lines.map(({ path, label }) => `${quoted(path)} ${quoted(label)}\n`).join('');
        expect(readOfficialCsv(text).map(({ path, label }) => ({ path, label }))).toEqual(lines);
      },
    ),
    { numRuns: 300 },
  );
});

describe('which clip a line means', () => {
  const lines = (text: string) => readOfficialCsv(text);
  const file = (path: string) => ({ id: `id of ${path}`, path });

  test('by name, whatever folders the list has', () => {
    const match = matchCsv(lines('/data/k400/jump/a.mp4 0\n/data/k400/run/b.mp4 1\n/data/c.mp4 1\n'), [
      file('a.mp4'),
      file('videos/b.mp4'),
      file('d.mp4'),
    ]);
    expect(match.matched).toEqual([
      { id: 'id of a.mp4', label: '0' },
      { id: 'id of videos/b.mp4', label: '1' },
    ]);
    expect(match.missing.map((l) => l.line)).toEqual([3]);
    expect(match.unlabelled).toEqual(['id of d.mp4']);
  });

  test('by folders where names are alike, with either slash', () => {
    const files = [file('set/jump/1.mp4'), file('set\\run\\1.mp4')];
    const { matched } = matchCsv(lines('/data/run/1.mp4 7\n./jump/1.mp4 8\n'), files);
    expect(matched.map((m) => m.label)).toEqual(['8', '7']);
  });

  test('a file goes to the line that agrees with it longest', () => {
    const match = matchCsv(lines('run/1.mp4 7\njump/1.mp4 8\n'), [file('jump/1.mp4')]);
    expect(match.matched).toEqual([{ id: 'id of jump/1.mp4', label: '8' }]);
    expect(match.missing.map((l) => l.label)).toEqual(['7']);
    const turned = matchCsv(lines('jump/1.mp4 8\nrun/1.mp4 7\n'), [file('jump/1.mp4')]);
    expect(turned.matched).toEqual(match.matched);
    expect(turned.missing.map((l) => l.label)).toEqual(['7']);
  });

  test('many videos of one name in folders of their own take no longer than others', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `set/${i}/video.mp4`);
    const list = lines(many.map((path, i) => `${path} ${i % 7}\n`).join(''));
    const taken = cpuTimer();
    const { matched, missing } = matchCsv(list, many.map(file));
    expect(matched).toHaveLength(20_000);
    expect(matched[19_999].label).toBe(String(19_999 % 7));
    expect(missing).toEqual([]);
    // every pair of them took a minute and more
    const deep = lines(`${'a/'.repeat(2000)}video.mp4 1\n`.repeat(1000));
    expect(matchCsv(deep, [file('set/a/video.mp4')]).matched).toHaveLength(1);
    expect(taken()).toBeLessThan(5000);
  });

  test('what stays open is refused and named', () => {
    expect(refusal(() => matchCsv(lines('1.mp4 7\n'), [file('jump/1.mp4'), file('run/1.mp4')]))).toMatch(
      /^Line 1 .*, 1\.mp4, may mean jump\/1\.mp4 or run\/1\.mp4\. Write more of its folders/,
    );
    expect(refusal(() => matchCsv(lines('jump/1.mp4 7\nrun/1.mp4 8\n'), [file('1.mp4')]))).toMatch(
      /^Lines 1 and 2 .* give 1\.mp4 two labels, 7 and 8\. Remove one/,
    );
    // the same twice is no trouble
    expect(matchCsv(lines('1.mp4 7\n1.mp4 7\n'), [file('1.mp4')]).matched).toEqual([{ id: 'id of 1.mp4', label: '7' }]);
  });
});
