// What can be taken away of features: pictures, tables of the shown view, and the features themselves.

import { gridOf } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { writeNpy } from '../formats/npy.ts';
import { featuresCsv, nearCsv, reachCsv } from './features-csv.ts';
import { askLayers, mapOf, nearOf, presentView, useFeatures } from './look-features.ts';
import { csv, nameOf, saveLookPng, weightsName } from './look-export.ts';
import { saveFile } from './save-file.ts';
import { attempt } from './save-picture.ts';
import { useStudio } from './studio.ts';

const bothWeights = ['current', 'random'] as const;

/** What the panes show, trained first. */
function shownMaps() {
  const found = useFeatures.getState();
  const view = presentView();
  const maps = view ? bothWeights.flatMap((w) => mapOf(found, view, w) ?? []) : [];
  if (view && maps.length) return { view, maps };
  throw new StudioError('config', 'There are no features of this clip to save.', 'Wait until they are read.');
}

export const saveFeaturesCsv = (): Promise<void> =>
  attempt(() => {
    const { view, maps } = shownMaps();
    const named = maps.map(({ step, value }) => ({ weights: weightsName(step), value }));
    const what = `${view.question.kind}-${view.about.network}-layer-${view.layer}`;
    csv(nameOf(what, maps[0].step, 'csv'), featuresCsv(named, view.layer));
  });

export const saveReachCsv = (): Promise<void> =>
  attempt(() => {
    const { view, maps } = shownMaps();
    const named = maps.flatMap(({ step, value: { map } }) =>
      map.kind === 'attention' ? [{ weights: weightsName(step), value: map }] : [],
    );
    csv(nameOf(`attention-distance-${view.about.network}`, maps[0].step, 'csv'), reachCsv(named));
  });

export const saveNearCsv = (): Promise<void> =>
  attempt(() => {
    const found = useFeatures.getState();
    const view = presentView();
    const near = view ? bothWeights.flatMap((w) => nearOf(found, view, w) ?? []) : [];
    const { run, clips } = useStudio.getState();
    if (!near.length || !run || !view)
      throw new StudioError('config', 'No tokens of other clips were found yet.', 'Press Find first.');
    const named = near.map(({ step, value }) => ({ weights: weightsName(step), value }));
    const clipName = (clipId: string) => clips.find((c) => c.clipId === clipId)?.name ?? clipId;
    const what = `near-tokens-${view.about.network}-layer-${view.layer}`;
    csv(nameOf(what, near[0].step, 'csv'), nearCsv(named, gridOf(run.config.model), clipName));
  });

/** (layers, t, h, w, C) of the run's weights: patches, every block, output. */
export const saveFeaturesNpy = (): Promise<void> =>
  attempt(async () => {
    const { network } = useFeatures.getState(); // another may be chosen while they are read
    const { step, grid, layers, channels, values } = await askLayers();
    const bytes = writeNpy({ shape: [layers, grid.t, grid.h, grid.w, channels], data: values });
    saveFile(nameOf(`features-${network}`, step, 'npy'), new Blob([bytes], { type: 'application/octet-stream' }));
  });

/** A picture of the panes, which says what they show. */
export const saveFeaturesPng = (canvas: OffscreenCanvas): Promise<void> => {
  const { kind, network, head } = useFeatures.getState();
  const view = presentView();
  return saveLookPng('features', canvas, { what: kind, network, layer: view?.layer, head, token: view?.token });
};

export const saveReachPng = (canvas: OffscreenCanvas): Promise<void> =>
  saveLookPng('attention-distance', canvas, { what: 'attention distance', network: useFeatures.getState().network });
