// What the mask of the settings is to the compared maskings: panels and filmstrip show it beside them.

import type { MaskConfig } from '../core/config.ts';
import { useLab } from '../store/lab.ts';
import { useStudio } from '../store/studio.ts';

/** Where it is among them; null while nothing is compared. */
export function useYourMask(): string | null {
  const view = useLab((s) => s.view);
  const compared = useLab((s) => s.compared);
  const own = useStudio((s) => s.labConfig.masks[s.maskSet]);
  return view === 'compare' ? yourMask(own, compared) : null;
}

export function yourMask(own: MaskConfig | undefined, compared: readonly { mask: MaskConfig }[]): string {
  const written = JSON.stringify(own);
  const place = compared.findIndex(({ mask }) => JSON.stringify(mask) === written);
  return place < 0 ? 'not among the compared' : `as in column ${place + 1}`;
}
