// What the settings cost: parameters, memory, steps and their time.

import { byteSize } from '../core/byte-size.ts';
import { type RunConfig, totalSteps } from '../core/config.ts';
import type { CostReport } from '../protocol/messages.ts';
import { count } from './numbers.ts';
import { StepCost } from './StepCost.tsx';

interface Props {
  config: RunConfig;
  cost: CostReport | null;
  /** a field is wrong, so it is not known */
  outdated: boolean;
  /** such a run can start */
  ready: boolean;
}

export function RunCost({ config, cost, outdated, ready }: Props) {
  return (
    <div className="cost" data-testid="cost">
      {outdated && <p className="faint small">Parameters, memory and time are told again when that is right.</p>}
      {cost && (
        <dl className="facts">
          <dt>Parameters</dt>
          <dd>
            {count(cost.parameters.encoder)} <span className="faint">+</span> {count(cost.parameters.predictor)}{' '}
            <span className="faint">predictor</span>
          </dd>
          <dt>GPU memory</dt>
          <dd>
            <details>
              <summary>{byteSize(cost.memory.total)}</summary>
              {memoryGroups.map((group) => (
                <div key={group} className="faint small">
                  {group} {byteSize(cost.memory[group])}
                </div>
              ))}
            </details>
          </dd>
          <dt>Steps</dt>
          <dd>
            {totalSteps(config.optim)}
            <span className="faint">
              , {Math.min(totalSteps(config.optim), Math.trunc(config.optim.warmup * config.optim.ipe))} to warm up
            </span>
          </dd>
          <StepCost ready={ready} />
        </dl>
      )}
    </div>
  );
}

const memoryGroups = ['weights', 'gradients', 'optimiser', 'target', 'activations', 'inputs'] as const;

/** A field of a mask set says of which one. */
export function inMaskSet(field: string): string {
  const [, set] = /^masks\.(\d+)\./.exec(field) ?? [];
  return set ? `mask set ${Number(set) + 1}: ` : '';
}
