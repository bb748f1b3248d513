// What has to be known before two networks are compared, or the run that comes with the studio is shown a video.

import { useLook } from '../store/look.ts';
import { useFields } from '../store/studio.ts';
import { cautions } from './look-values.ts';

export function LookCaution({ errors }: { errors: boolean }) {
  const { run, viewed, clips, stored } = useFields('run', 'viewed', 'clips', 'stored');
  const quantity = useLook((s) => s.quantity);
  if (!run) return null;
  const said = cautions({
    quantity: errors ? quantity : null,
    target: run.config.loss.target,
    comesAlong: run.runId === stored?.runId,
    file: clips.some((c) => c.clipId === viewed?.clipId && c.source === 'file'),
  });
  if (!said.length) return null;
  return (
    <p className="small" data-testid="look-caution">
      {said.join(' ')}
    </p>
  );
}
