// The frame that the mask lab opens at.

import { gridOf } from '../core/config.ts';
import { tokenPosition } from '../core/grid.ts';
import { patch, sceneConfig, useStudio } from './studio.ts';

/** The official cut leaves later frames without any token: the lab does not open on one of them, unless a link names it. */
export function showContext(): void {
  const studio = useStudio.getState();
  const set = studio.sets[studio.maskSet];
  if (!set || location.hash.startsWith('#v=')) return;
  const { model } = sceneConfig(studio);
  const perTubelet = model.frames === 1 ? 1 : model.tubelet;
  const seen = Array.from(set.context[0], (token) => tokenPosition(gridOf(model), token).t);
  if (!seen.length || seen.includes(Math.floor(studio.frame / perTubelet))) return;
  patch({ frame: Math.min(...seen) * perTubelet });
}
