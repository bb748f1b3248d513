// What a checkpoint that came as a file must hold, beside its form.

import { StudioError } from '../core/errors.ts';
import type { Checkpoint } from '../tasks/checkpoint.ts';

/** Throws StudioError 'format' for one that was damaged on its way (`whole`: its tensors are those that were exported), or that
 * holds what is no number. */
export function refuseDamaged(file: string, tensors: Checkpoint['tensors'], whole: boolean): void {
  if (!whole)
    throw new StudioError(
      'format',
      `${file} is damaged: its numbers are not those that were exported.`,
      'Export the run again, or copy the file again.',
    );
  for (const [name, { data }] of tensors) {
    const at = data.findIndex((v) => !Number.isFinite(v));
    if (at >= 0)
      throw new StudioError(
        'format',
        `${file} holds ${data[at]} in ${name}: no run goes on from that.`,
        'Choose an export from before it broke.',
      );
  }
}
