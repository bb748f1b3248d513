// Labels that come as a file beside the clips. They are matched with the library at once and again whenever clips are
// added, since a folder is still being read when its list of labels is already there.

import { type ErrorReport, reportError, reportFile, StudioError } from '../core/errors.ts';
import { nameSome, numbered } from '../core/numbered.ts';
import { type LabelledPath, matchCsv, readOfficialCsv } from '../formats/official-csv.ts';
import { ownTable } from '../formats/own-csv.ts';
import { relabelled } from '../video/labels.ts';
import { send } from './engine.ts';
import { choose, patchEvaluation, useEvaluation } from './evaluate.ts';
import { fileOf } from './files.ts';
import { patch, useStudio } from './studio.ts';

/** The axis under which such labels stand. */
const fileAxis = 'class';

/** A line has some 50 bytes, and all of them are gone through whenever clips are added. */
const mostBytes = 8 * 2 ** 20;

/** The list in force; `asked`: its labels were made what is asked about. */
let list: { name: string; lines: LabelledPath[]; asked: boolean } | null = null;
/** why the last list that was none was refused */
let refused: ErrorReport | null = null;
let following = false;

/**
 * Reads lists of labels and asks about them from now on; what came alone is what the user wants to see. Several are one list,
 * as the official ones of training and validation are. One that is none is told, and the others are read.
 */
export async function takeLabels(files: readonly File[], alone: boolean): Promise<void> {
  const read: { name: string; lines: LabelledPath[] }[] = [];
  const before = refused;
  for (const file of files.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
    try {
      read.push({ name: file.name, lines: await linesOf(file) });
    } catch (error) {
      refused = reportFile(file.name, error);
      patch({ problem: refused });
    }
  if (!read.length) return;
  // what an earlier list was refused for is past
  if (before && read.length === files.length && useStudio.getState().problem === before) patch({ problem: null });
  const several = read.length > 1;
  list = {
    name: nameSome(read.map(({ name }) => name)),
    lines: read.flatMap(({ name, lines }) => (several ? lines.map((line) => ({ ...line, list: name })) : lines)),
    asked: false,
  };
  if (alone) location.hash = '#evaluate';
  matchLabels();
  if (following) return;
  following = true;
  useStudio.subscribe((now, before) => {
    if (now.clips.length > before.clips.length) matchSoon();
  });
}

/** Throws StudioError 'format' for what is no list of labels, or too long a one. */
async function linesOf(file: File): Promise<LabelledPath[]> {
  if (file.size > mostBytes)
    throw new StudioError(
      'format',
      `${file.name} has ${(Math.ceil((file.size * 10) / 2 ** 20) / 10).toFixed(1)} MB, lists of labels are read up to ${mostBytes / 2 ** 20} MB`,
      'Keep the lines of the videos that you have: a part of a list is a list.',
    );
  const text = await file.text();
  const own = ownTable(text);
  if (own)
    throw new StudioError(
      'format',
      `${file.name} holds ${own}, which the studio writes and does not read.`,
      'Open it in a spreadsheet or a notebook; a list of labels has a path and a label on each line.',
    );
  return readOfficialCsv(text);
}

/** Clips of a folder come one after the other: they are matched a few times a second, not each. */
const matchEvery = 200;
let waits = false;

function matchSoon(): void {
  if (waits) return;
  waits = true;
  setTimeout(() => {
    waits = false;
    matchLabels();
  }, matchEvery);
}

const pathOf = (clipId: string, name: string): string => fileOf(clipId)?.webkitRelativePath || name;

/** Gives the clips of the library the labels of the list, here and in the worker. */
function matchLabels(): void {
  if (!list) return;
  const { name, lines } = list;
  const mine = useStudio.getState().clips.filter((c) => c.source === 'file');
  try {
    const found = matchCsv(
      lines,
      mine.map((c) => ({ id: c.clipId, path: pathOf(c.clipId, c.name) })),
    );
    giveLabels(Object.fromEntries(found.matched.map(({ id, label }) => [id, label])));
    patchEvaluation({ labelFile: { name, matched: found.matched.length, notes: notesOf(found, mine.length) } });
    askAboutThem(found.matched.length);
  } catch (error) {
    // nobody knows any more which clip each line means
    giveLabels({});
    const { message, advice } = reportError(error);
    patchEvaluation({ labelFile: { name, matched: 0, notes: [`${message}. ${advice}`] } });
  }
}

/** Labels by clip, in place of those that the list gave before, here and in the worker. */
function giveLabels(labels: Record<string, string>): void {
  send({ type: 'labelClips', axis: fileAxis, labels });
  useStudio.setState(({ clips }) => ({
    clips: clips.map((c) => ({ ...c, labels: relabelled(c.labels, fileAxis, labels[c.clipId]) })),
  }));
}

/** The labels of the file are what is asked about, once it gives any: until then what was asked before stays. */
function askAboutThem(matched: number): void {
  if (!list || list.asked || !matched) return;
  list.asked = true;
  choose({ data: 'library', library: { ...useEvaluation.getState().choices.library, axis: fileAxis } });
}

function notesOf({ missing, unlabelled }: ReturnType<typeof matchCsv>, files: number): string[] {
  const [first] = missing;
  const one = missing.length === 1;
  return [
    ...(first
      ? [
          `${numbered(missing.length, 'line')} ${one ? 'names' : 'name'} no clip of mine, ${one ? '' : 'the first is '}line ${first.line}${first.list ? ` of ${first.list}` : ''}, ${first.path}: add its file.`,
        ]
      : []),
    ...(files > 0 && unlabelled.length > 0
      ? [`${unlabelled.length} of my clips ${unlabelled.length === 1 ? 'is' : 'are'} not in the list.`]
      : []),
  ];
}
