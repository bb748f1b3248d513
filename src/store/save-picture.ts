// What is taken away and may fail on the way; and pictures, with what they were made of written into the file.

import { reportError } from '../core/errors.ts';
import { addPngText } from '../formats/png-text.ts';
import { saveFile } from './save-file.ts';
import { patch } from './studio.ts';

/** Tells what went wrong instead of failing in silence. */
export async function attempt(work: () => Promise<void> | void): Promise<void> {
  try {
    await work();
  } catch (error) {
    patch({ problem: reportError(error) });
  }
}

/** A PNG whose comment is `about` as JSON. */
export const savePicture = (name: string, canvas: OffscreenCanvas, about: object): Promise<void> =>
  attempt(async () => {
    const png = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
    const bytes = addPngText(png, { Software: 'V-JEPA Studio', Comment: JSON.stringify(about) });
    saveFile(name, new Blob([bytes], { type: 'image/png' }));
  });
