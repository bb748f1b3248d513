// What the settings cost in time: a step, and the whole run. A GPU is asked by itself, a software adapter only on request.

import { useEffect } from 'react';
import { totalSteps } from '../core/config.ts';
import { sameVariant } from '../core/variant.ts';
import { isActive } from '../store/actions.ts';
import { measureStep, useStepTime } from '../store/step-time.ts';
import { useFields } from '../store/studio.ts';
import { Fact } from './fields.tsx';
import { duration, measuredTime } from './numbers.ts';

/** Settings rest this long before they are measured by themselves. */
const restFor = 1000;

export function StepCost({ ready }: { ready: boolean }) {
  const { config, run, device } = useFields('config', 'run', 'device');
  const { pending, measured, problem } = useStepTime();
  const variant = device.kind === 'ready' ? device.adapter.variant : null;
  // other kernels take other times
  const known =
    measured?.config === config && variant && measured.variant && sameVariant(measured.variant, variant)
      ? measured
      : null;
  const failed = problem?.config === config ? problem.error : null;
  const busy = isActive(run);
  const byItself = ready && !busy && !known && !failed && device.kind === 'ready' && !device.adapter.software;
  const wanted = byItself ? config : null;
  useEffect(() => {
    const timer = wanted ? setTimeout(() => void measureStep(), restFor) : undefined;
    return () => clearTimeout(timer);
  }, [wanted]);
  if (known)
    return (
      <>
        <Fact name="A step" value={measuredTime(known.milliseconds)} />
        <Fact name="Whole run" value={`about ${duration((known.milliseconds * totalSteps(config.optim)) / 1000)}`} />
      </>
    );
  return (
    <>
      <dt>A step</dt>
      <dd data-testid="step-cost">
        {pending === config ? (
          <span className="faint">is measured …</span>
        ) : busy ? (
          <span className="faint">not measured while a run is on</span>
        ) : (
          <button
            type="button"
            className="link"
            data-testid="measure-step"
            title="Takes some of its steps, about a second."
            disabled={!ready}
            onClick={() => void measureStep()}
          >
            Measure
          </button>
        )}
        {failed && <span className="warn"> {failed.message}</span>}
      </dd>
    </>
  );
}
