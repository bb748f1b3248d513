// Storage that loses a question: a browser may never answer one about the origin private file system, and whoever waited for
// that would wait until the page is loaded anew.

import { StudioError } from '../core/errors.ts';
import type { Folder } from './folder.ts';

/** Milliseconds without an answer of the storage after which nobody waits for it any more. */
export const patience = 30_000;

/** The storage was asked for something and has not answered. */
export class Unanswered extends StudioError {
  /** "the browser's storage has not answered for 30 seconds when it was asked to read note.json" */
  readonly said: string;

  /** `doing`: what it was asked for, behind "to". */
  constructor(doing: string, milliseconds: number) {
    const said = `the browser's storage has not answered for ${milliseconds / 1000} seconds when it was asked to ${doing}`;
    super('storage', `${said[0].toUpperCase()}${said.slice(1)}.`, 'Try it again, or reload the page.');
    this.said = said;
  }
}

/** The answer to a question, or StudioError `Unanswered`. `late` has an answer that comes after that. */
export async function inTime<T>(
  doing: string,
  answer: Promise<T>,
  milliseconds = patience,
  late: (answer: T) => void = () => {},
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      over = true;
      reject(new Unanswered(doing, milliseconds));
    }, milliseconds);
  });
  answer.then(
    (came) => over && late(came),
    () => {}, // who waits is told; nobody does any more where it is late
  );
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** Work that comes to the same when it is done twice: once more at once where a question of it was lost, which `lost` is told. */
export async function askedAgain<T>(work: () => Promise<T>, lost: (error: Unanswered) => void = () => {}): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    lost(error);
    return work();
  }
}

/**
 * The folder for one piece of work that does not wait for ever. When a question is lost nothing more is asked, also by what
 * tidies up behind an error: the answer may still come, and must find the rest as it was. A file that opens too late is closed.
 */
export function patientFolder(folder: Folder, milliseconds = patience): Folder {
  let lost: Unanswered | null = null;
  const ask = async <T>(doing: string, question: () => Promise<T>, late?: (answer: T) => void): Promise<T> => {
    if (lost) throw lost;
    try {
      return await inTime(doing, question(), milliseconds, late);
    } catch (error) {
      if (error instanceof Unanswered) lost = error;
      throw error;
    }
  };
  return {
    list: () => ask('list the files of a run', () => folder.list()),
    read: (name, from, to) => ask(`read ${name}`, () => folder.read(name, from, to)),
    create: (name) =>
      ask(
        `open ${name}`,
        () => folder.create(name),
        (file) => file.close(),
      ),
    move: (from, to) => ask(`move ${from} to ${to}`, () => folder.move(from, to)),
    remove: (name) => ask(`remove ${name}`, () => folder.remove(name)),
  };
}
