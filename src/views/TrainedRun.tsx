// Opens the run that comes with the studio. What does it loads with the first press.

import { useState } from 'react';
import { showProblem } from '../store/actions.ts';
import { useKeep } from '../store/keep.ts';
import { useStudio } from '../store/studio.ts';

export function TrainedRun({ className }: { className: string }) {
  const [loading, setLoading] = useState(false);
  const ready = useStudio((s) => s.device.kind === 'ready');
  const opening = useKeep((s) => s.opening !== null);
  const open = async () => {
    setLoading(true);
    try {
      const { openTrainedRun } = await import('../store/trained-run.ts');
      await openTrainedRun();
    } catch (error) {
      showProblem(error); // the part of the studio that does it could not be loaded
    } finally {
      setLoading(false);
    }
  };
  return (
    <button
      type="button"
      className={className}
      disabled={!ready || opening || loading}
      data-testid="open-trained"
      onClick={() => void open()}
    >
      {loading || opening ? 'Opening it' : 'Open a trained run'}
    </button>
  );
}
