// Why a file is no sound checkpoint.

import { StudioError } from '../core/errors.ts';

export function refuse(why: string): never {
  throw new StudioError('format', `This is not a sound checkpoint: ${why}.`, 'Choose another one.');
}
