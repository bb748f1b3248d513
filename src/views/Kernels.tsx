// The forms of the kernels that are in force on this adapter, how they were measured, and the choice of others.

import { Fragment } from 'react';
import { sameVariant, type Variant, variantParts, variants } from '../core/variant.ts';
import type { AdapterReport, TuneRow } from '../protocol/messages.ts';
import { cancelTuning, chooseKernels, type Measured, tuneKernels } from '../store/measure.ts';
import { ChoiceField } from './fields.tsx';
import { JobProgress } from './JobProgress.tsx';
import { measuredTime } from './numbers.ts';

interface Props {
  adapter: AdapterReport;
  measured: Measured;
  /** why nothing can be measured now */
  obstacle: string | null;
}

const partNames = {
  product: 'Matrix products',
  attention: 'Attention',
  rows: 'Row sums',
  storage: 'Activations',
} as const;
const formNames: Record<string, string> = {
  registers: 'register tiles',
  quads: 'register tiles shared by four lanes',
  workgroup: 'workgroup memory',
  workgroup32: 'workgroup memory, tiles of 32 × 32',
  matrix8: 'subgroup matrices of 8 × 8, operands of 16 bit',
  matrix16: 'subgroup matrices of 16 × 16, operands of 16 bit',
  thread: 'a thread per row',
  subgroup: 'a workgroup per row, summed by subgroups',
  single: '32 bit',
  half: '16 bit between the kernels of a block, sums of 32',
};

const nameOf = ({ product, rows, storage }: Variant): string =>
  [
    formNames[product],
    ...(rows === 'subgroup' ? ['sums by subgroups'] : []),
    ...(storage === 'half' ? ['activations of 16 bit'] : []),
  ].join(', ');

/** Forms of the kernels: by hand or by measuring. */
export function Kernels({ adapter, measured, obstacle }: Props) {
  const { variant, available } = adapter;
  const names = Object.entries(variants).filter(([, v]) => available.some((a) => sameVariant(a, v)));
  const named = names.find(([, v]) => sameVariant(v, variant))?.[0];
  const value = measured.tuned && measured.tuned.rows.length > 0 ? 'tuned' : (named ?? 'tuned');
  return (
    <section className="panel" aria-label="Kernels">
      <h3>Kernels</h3>
      <p className="faint">
        The heavy kernels have several forms that compute the same. A choice holds for runs that start from now on, and
        is remembered for this adapter. On a GPU they are measured before the first run; activations and operands of 16
        bit, which compute nearly the same, only when asked for here.
      </p>
      <div className="row">
        <ChoiceField
          label="Forms"
          field="kernels"
          testId="kernel-forms"
          value={value}
          options={[
            ...(value === 'tuned' ? [{ value: 'tuned', label: 'as measured' }] : []),
            ...names.map(([name, v]) => ({
              value: name,
              label: nameOf(v),
            })),
          ]}
          onChange={(chosen) => {
            const found = names.find(([name]) => name === chosen);
            if (found) chooseKernels(adapter, found[1]);
          }}
        />
        {measured.tuning ? (
          <JobProgress jobId={measured.tuning} name="Forms of the kernels" testId="tuning" cancel={cancelTuning} />
        ) : (
          <button
            type="button"
            disabled={obstacle !== null}
            onClick={() => void tuneKernels(adapter)}
            data-testid="tune"
          >
            Find the fastest
          </button>
        )}
        <button type="button" className="link" onClick={() => chooseKernels(adapter, null)}>
          Take the default kernels
        </button>
        {!measured.tuning && <span className="faint">{obstacle}</span>}
      </div>
      <dl className="facts" data-testid="kernels-in-force">
        {variantParts.map((part) => (
          <Fragment key={part}>
            <dt>{partNames[part]}</dt>
            <dd>
              {formNames[variant[part]]}
              <Tried rows={measured.tuned?.rows.filter((r) => r.part === part) ?? []} />
            </dd>
          </Fragment>
        ))}
      </dl>
    </section>
  );
}

/** What the tuner found of the forms of a part. */
function Tried({ rows }: { rows: readonly TuneRow[] }) {
  if (!rows.length) return null;
  const said = rows.map(
    ({ form, milliseconds, problem }) =>
      `${formNames[form] ?? form} ${milliseconds === null ? problem : measuredTime(milliseconds)}`,
  );
  return <span className="faint small">Measured: {said.join('; ')}</span>;
}
