// The list of labelled videos that the official evaluation reads: a line per video, its path and its label, with a space
// between. Paths may hold spaces, so the last field is the label; comma, semicolon, tab, "::" and quotes are read too.

import { StudioError } from '../core/errors.ts';

export interface LabelledPath {
  path: string;
  /** a number in official files; any name is taken */
  label: string;
  /** of the file, from 1 */
  line: number;
  /** name of the file, where the lines are those of several */
  list?: string;
}

/** In this order where a file can be read in more than one way. */
const delimiters = ['\t', '::', ' ', ',', ';'] as const;
type Delimiter = (typeof delimiters)[number];

export function readOfficialCsv(text: string): LabelledPath[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((content, i) => ({ content: content.trim(), line: i + 1 }))
    .filter(({ content }) => content !== '');
  if (lines.length === 0)
    throw new StudioError('format', 'The list of labels holds no line', 'Write a path and a label on each line.');
  if (text.includes('\0'))
    throw new StudioError('format', 'The list of labels is not a text', 'Choose a CSV file in UTF-8.');
  const delimiter = delimiterOf(lines.map(({ content }) => content));
  const read = lines.map(({ content, line }) => {
    const fields = cutLine(content, delimiter);
    if (!fields)
      throw new StudioError(
        'format',
        `Line ${line} of the list of labels has no path and label: ${shorten(content)}`,
        'Write the path, a space and the label, as in videos/jump/3.mp4 7.',
      );
    return { ...fields, line };
  });
  return isHeader(read[0]) ? read.slice(1) : read;
}

/** The delimiter by which most lines begin with something like a file; if none has an ending, by which most have two fields. */
function delimiterOf(lines: string[]): Delimiter {
  const score = (delimiter: Delimiter) => {
    let files = 0;
    let fields = 0;
    for (const line of lines) {
      const found = cutLine(line, delimiter);
      if (!found) continue;
      fields++;
      if (found.whole || /\.[a-z0-9]{1,5}$/i.test(found.path)) files++;
    }
    return { delimiter, files, fields };
  };
  return delimiters
    .map(score)
    .reduce((best, s) => (s.files > best.files || (s.files === best.files && s.fields > best.fields) ? s : best))
    .delimiter;
}

/** No file system takes longer paths. */
const longestLine = 4096;

/**
 * Path and label of a line, or null; each perhaps in quotes (doubled within), and a label without them does not hold the
 * delimiter. `whole`: the path was quoted, so that there is no doubt about its end. One pass, whatever the line: the page waits.
 */
function cutLine(line: string, delimiter: Delimiter): { path: string; label: string; whole: boolean } | null {
  if (line.length > longestLine) return null;
  const whole = line.startsWith('"');
  const pathEnd = whole ? closingQuote(line) + 1 : 0; // of a quoted one
  const ends = line.endsWith('"');
  const opening = ends ? openingQuote(line) : line.length;
  if ((whole && pathEnd === 0) || opening < 1) return null;
  let cut = line.lastIndexOf(delimiter, opening - delimiter.length);
  // of three colons the first two
  if (!ends && cut > Math.max(1, pathEnd) && line.startsWith(delimiter, cut - 1) && delimiter === '::') cut--;
  if (cut < Math.max(1, pathEnd)) return null;
  const between = whole ? line.slice(pathEnd, cut) : '';
  const behind = line.slice(cut + delimiter.length, opening);
  if (between.trim() || (ends ? behind.trim() : behind.includes('"'))) return null;
  const path = whole ? unquoted(line.slice(0, pathEnd)) : line.slice(0, cut).trim();
  const label = ends ? unquoted(line.slice(opening)) : behind.trim();
  return path && label ? { path, label, whole } : null;
}

const unquoted = (text: string): string => text.slice(1, -1).replaceAll('""', '"');

/** Where the quotes with which a line begins are closed, or -1. */
function closingQuote(line: string): number {
  let at = line.indexOf('"', 1);
  while (at >= 0 && line[at + 1] === '"') at = line.indexOf('"', at + 2);
  return at;
}

/**
 * Where the quotes with which a line ends are opened, or -1. What lies within holds quotes by twos, so it is the last odd run
 * of quotes before an odd run at the end, and the beginning of an even run, which has nothing but quotes within.
 */
function openingQuote(line: string): number {
  for (let end = line.length; end > 0;) {
    let start = end;
    while (line[start - 1] === '"') start--;
    const odd = (end - start) % 2 === 1;
    if (odd === end < line.length) return start;
    end = start === 0 ? 0 : line.lastIndexOf('"', start - 1) + 1;
  }
  return -1;
}

/** A first line of column names, which official files do not have. */
const isHeader = ({ path, label }: LabelledPath): boolean =>
  /^(?:path|video|video_?path|file|file_?name|clip|name)$/i.test(path) && !/^\d+$/.test(label);

const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)} …` : text);

/** A clip that a label may belong to: where its file lay in the folder that came in, or only its name. */
export interface LabelledFile {
  id: string;
  path: string;
}

export interface CsvMatch {
  matched: { id: string; label: string }[];
  /** lines without a file, and files without a line */
  missing: LabelledPath[];
  unlabelled: string[];
}

/**
 * Which clip each line means. Lists are written where the videos lie, so a line matches by its name and by as many
 * folders before it as both know; a file goes to the line that agrees with it longest. What stays open is refused.
 */
export function matchCsv(lines: readonly LabelledPath[], files: readonly LabelledFile[]): CsvMatch {
  // by every end of its path: the name, the name under its folder, and so on
  const byEnd = new Map<string, LabelledFile[]>();
  let deepest = 1;
  for (const file of files) {
    const ends = endsOf(file.path);
    deepest = Math.max(deepest, ends.length);
    for (const end of ends) {
      const found = byEnd.get(end);
      if (found) found.push(file);
      else byEnd.set(end, [file]);
    }
  }
  const best = new Map<string, { line: LabelledPath; shared: string }>();
  const missing: LabelledPath[] = [];
  for (const line of lines) {
    // the longest end that some file shares; those that have it share no longer one
    const shared = endsOf(line.path, deepest).findLast((end) => byEnd.has(end)) ?? '';
    const [first, second] = byEnd.get(shared) ?? [];
    if (!first) {
      missing.push(line);
      continue;
    }
    if (second)
      throw new StudioError(
        'format',
        `Line ${line.line} of ${line.list ?? 'the list of labels'}, ${shorten(line.path)}, may mean ${first.path} or ${second.path}`,
        'Write more of its folders into the list, or drop the folder that holds both instead of the files.',
      );
    const before = best.get(first.id);
    if (before && before.shared === shared && before.line.label !== line.label)
      throw new StudioError(
        'format',
        `${bothLines(before.line, line)} give ${first.path} two labels, ${before.line.label} and ${line.label}`,
        'Remove one of them, or drop the folder instead of the files, so that paths can be told apart.',
      );
    // the same label twice is no trouble; another file of that name is
    if (before && before.shared.length >= shared.length) {
      if (before.line.label !== line.label) missing.push(line);
      continue;
    }
    if (before && before.line.label !== line.label) missing.push(before.line);
    best.set(first.id, { line, shared });
  }
  return {
    matched: files.flatMap(({ id }) => {
      const label = best.get(id)?.line.label;
      return label === undefined ? [] : [{ id, label }];
    }),
    missing: missing.sort((a, b) => (a.list ?? '').localeCompare(b.list ?? '') || a.line - b.line),
    unlabelled: files.filter(({ id }) => !best.has(id)).map(({ id }) => id),
  };
}

const bothLines = (a: LabelledPath, b: LabelledPath): string =>
  a.list === b.list
    ? `Lines ${a.line} and ${b.line} of ${a.list ?? 'the list of labels'}`
    : `Line ${a.line} of ${a.list} and line ${b.line} of ${b.list}`;

/** The name, the name under its folder, and so on to the whole path, with plain slashes: the ends that two paths share are those up to the longest. At most so many. */
function endsOf(path: string, most = Infinity): string[] {
  const parts = path.split(/[\\/]/).filter((part) => part !== '' && part !== '.');
  return parts.slice(-most).map((_, i) => parts.slice(-1 - i).join('/'));
}
