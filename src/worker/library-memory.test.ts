// Which memory the library gives to files, by what it asks of the decoder.
import { expect, test } from 'vitest';
import type { DecodedVideo, DecodeOptions } from '../video/decode.ts';
import { FrameStore, type KeptForm } from '../video/frames.ts';
import { Library } from './library.ts';

/** Asks no decoder: notes what it is asked for. A file comes as one frame that takes no room, a broken one not at all. */
class AskedLibrary extends Library {
  readonly asked = new Map<string, DecodeOptions>();

  /** Kept runs had those of the files that are `known` in this form. */
  constructor(form: KeptForm, known: (file: File) => boolean) {
    super(
      () => {},
      async (files) => new Map(files.filter(known).map((file) => [file, form])),
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
