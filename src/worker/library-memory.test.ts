// Which memory the library gives to files, by what it asks of the decoder.
import { expect, test } from 'vitest';
import type { Event } from '../protocol/messages.ts';
import type { DecodedVideo, DecodeOptions } from '../video/decode.ts';
import { FrameStore, type KeptForm } from '../video/frames.ts';
import { Library, type Post } from './library.ts';

/** Asks no decoder: notes what it is asked for. A file comes as one frame that takes no room, a broken one not at all. */
class AskedLibrary extends Library {
  readonly asked = new Map<string, DecodeOptions>();

  /** Kept runs had those of the files that are `known` in this form. */
  constructor(form: KeptForm, known: (file: File) => boolean, post: Post = () => {}) {
    super(
      post,
      async (files, onFile) => new Map(files.filter((file) => onFile(file) && known(file)).map((file) => [file, form])),
    );
  }

  protected override async decode({ name }: File, options: DecodeOptions): Promise<DecodedVideo> {
    this.asked.set(name, options);
    if (name.startsWith('broken')) throw new Error('it is broken');
    const store = new FrameStore(1, 1, 1);
    store.add(0);
    const size = { width: 1, height: 1, rotation: 0, flip: false } as const;
    const info = { container: 'MP4', codec: 'H.264', declaredSeconds: 1, declaredFrames: 1, ...size };
    return { info, store, seconds: 1, framesPerSecond: 1, warning: null };
  }
}

const file = (name: string) => ({ clipId: name, file: new File([name], name), labels: {} });
const add = (library: Library, files: ReturnType<typeof file>[]) =>
  library.addFiles({ type: 'addFiles', jobId: 'job', files });
const form: KeptForm = { width: 256, height: 144, keptFrames: 300 };

test('what a run had is decoded as it had it, however many files come with it; the others share what is left', async () => {
  const crowd = Array.from({ length: 20 }, (_, i) => file(i % 2 ? `broken-${i}` : `sound-${i}`));
  const known = file('known');
  const library = new AskedLibrary(form, ({ name }) => name === 'known');
  const { asked } = library;
  await add(library, [...crowd, known]);
  expect(asked.get('known')!.form).toEqual(form);
  expect(asked.get('known')!.byteBudget).toBe(256 * 144 * 3 * 300);
  expect(asked.get('sound-0')!.form).toBeUndefined();
  expect(asked.get('sound-0')!.byteBudget).toBeCloseTo((384e6 - 256 * 144 * 3 * 300) / 20, 0);
});

test('what is reserved is given back: at the end, and of files that a cancelled job never came to', async () => {
  const known = Array.from({ length: 12 }, (_, i) => file(`${i}`));
  const library = new AskedLibrary({ ...form, keptFrames: 400 }, () => true);
  for (let i = 0; i < 3; i++) {
    const job = add(library, known);
    await Promise.resolve();
    library.cancel({ type: 'cancel', jobId: 'job' });
    await job;
  }
  await add(library, known);
  // twelve forms of 44 MB: eight fit, the others share the rest
  const sizes = known.map(({ clipId }) => library.asked.get(clipId)!.form?.keptFrames);
  expect(sizes.filter((n) => n === 400)).toHaveLength(8);
});

test('a form that no file of the studio has is not asked for', async () => {
  const library = new AskedLibrary({ width: 9999, height: 9999, keptFrames: 1 }, () => true);
  await add(library, [file('huge')]);
  expect(library.asked.get('huge')).toMatchObject({ byteBudget: 48e6 });
  expect(library.asked.get('huge')!.form).toBeUndefined();
});

test('files of runs do not starve the others: each keeps its fair share, and none is refused', async () => {
  const files = Array.from({ length: 40 }, (_, i) => file(i < 8 ? `known-${i}` : `other-${i}`));
  const library = new AskedLibrary({ width: 256, height: 144, keptFrames: 432 }, ({ name }) =>
    name.startsWith('known'),
  );
  await add(library, files);
  const asked = [...library.asked.values()];
  expect(asked).toHaveLength(40);
  expect(asked.filter(({ form: f }) => f)).toHaveLength(5);
  for (const { byteBudget } of asked) expect(byteBudget).toBeGreaterThanOrEqual(4e6);
});

test('what a crowd of others has is halved at most for one file of a run', async () => {
  const files = Array.from({ length: 200 }, (_, i) => file(i ? `other-${i}` : 'known'));
  const library = new AskedLibrary(form, ({ name }) => name === 'known');
  await add(library, files);
  expect(library.asked.get('known')!.form).toEqual(form);
  expect(library.asked.get('other-1')!.byteBudget).toBeGreaterThan(384e6 / 200 / 2);
});

test('recognising files is told, and may be cancelled', async () => {
  const told: Event[] = [];
  const library = new AskedLibrary(
    form,
    () => true,
    (event) => {
      told.push(event);
      if (event.type === 'progress') library.cancel({ type: 'cancel', jobId: 'job' });
    },
  );
  await add(library, [file('a'), file('b')]);
  expect(told).toEqual([
    { type: 'progress', jobId: 'job', stage: 'Recognising a', done: 0, total: 2 },
    { type: 'jobDone', jobId: 'job', cancelled: true },
  ]);
});

test('files of the same bytes are told as copies of the first, whatever they are called; of the same length alone they are not', async () => {
  const events: Event[] = [];
  const library = new AskedLibrary(
    form,
    () => false,
    (event) => void events.push(event),
  );
  const of = (clipId: string, content: string) => ({ clipId, file: new File([content], `${clipId}.mp4`), labels: {} });
  await add(library, [of('a', 'same'), of('b', 'else'), of('c', 'same'), of('d', 'same, and more')]);
  await add(library, [of('e', 'same'), of('f', 'else')]);
  const copies = events.flatMap((e) => (e.type === 'clip' ? [[e.clip.clipId, e.clip.copyOf]] : []));
  expect(Object.fromEntries(copies)).toEqual({ a: undefined, b: undefined, c: 'a', d: undefined, e: 'a', f: 'b' });
});
