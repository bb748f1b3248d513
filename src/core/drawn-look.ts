// How the clips look that the studio draws. The look belongs to what a clip is, so it is part of its name.

export const backgrounds = ['plain', 'textured'] as const;
export const colourings = ['pale', 'full'] as const;

export interface DrawnLook {
  /** standard deviation of the pixel noise, as a share of white */
  noise: number;
  /** plain grey, or a coloured cloud with a resting distractor */
  background: (typeof backgrounds)[number];
  /** pale: nearly white bodies; full: saturated ones */
  colours: (typeof colourings)[number];
}

/** The look of clips that are not said to have another. */
export const usualLook: Readonly<DrawnLook> = { noise: 0.03, background: 'plain', colours: 'pale' };

export const sameLook = (a: DrawnLook, b: DrawnLook): boolean =>
  a.noise === b.noise && a.background === b.background && a.colours === b.colours;

/** Id of clip `index` of the set `seed`: the same name always means the same pictures. */
export function drawnId(seed: number, index: number, look: DrawnLook): string {
  const usual = `drawn-${seed}-${index}`;
  return sameLook(look, usualLook) ? usual : `${usual}-${look.noise}-${look.background}-${look.colours}`;
}

const idOfDrawn = /^drawn-(\d+)-(\d+)(?:-([\d.]+(?:e-\d+)?)-(\w+)-(\w+))?$/;

/** The look that an id of a drawn clip names; null when it is no such id. */
export function lookOfId(clipId: string): DrawnLook | null {
  const found = idOfDrawn.exec(clipId);
  if (!found) return null;
  const [, , , noise, background, colours] = found;
  return noise === undefined ? usualLook : readLook({ noise: Number(noise), background, colours });
}

/** Set and number of a drawn clip in its id; null when it is no such id. */
export function placeOfId(clipId: string): { seed: number; index: number } | null {
  const found = lookOfId(clipId) && idOfDrawn.exec(clipId);
  return found && { seed: Number(found[1]), index: Number(found[2]) };
}

/** A look that somebody else wrote; null when it is not sound. */
export function readLook(value: unknown): DrawnLook | null {
  if (typeof value !== 'object' || value === null) return null;
  const given = new Map<string, unknown>(Object.entries(value));
  const noise = given.get('noise');
  const background = backgrounds.find((known) => known === given.get('background'));
  const colours = colourings.find((known) => known === given.get('colours'));
  if (typeof noise !== 'number' || !(noise >= 0 && noise <= 1) || !background || !colours) return null;
  return { noise, background, colours };
}

/** First index of drawn clips that are only asked about: no pre-training reaches it. A multiple of all label counts, so that
 * labels are balanced from there on. */
export const firstAsked = 1_200_000;
