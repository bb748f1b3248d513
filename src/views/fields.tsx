// Small form parts: a number, a pair of numbers, a choice. Each with its label, and the sentence of what is wrong with it.

import { RotateCcw } from 'lucide-react';
import { useId } from 'react';
import type { RunState } from '../protocol/messages.ts';

interface FieldProps {
  label: string;
  /** dotted path in the config; a problem with it is shown here */
  field: string;
  problem?: string | undefined;
  hint?: string;
  /** the field differs from what it started from */
  mark?: FieldMark | undefined;
}

export interface FieldMark {
  /** where the difference comes from, and what was there before */
  text: string;
  reset?: () => void;
}

/** A dot beside the label; pressed, it puts the value back. */
function Mark({ label, mark }: { label: string; mark: FieldMark | undefined }) {
  if (!mark) return null;
  const { text, reset } = mark;
  if (!reset) return <i className="mark" role="img" aria-label={text} title={text} />;
  return (
    <button
      type="button"
      className="mark-reset"
      aria-label={`Reset ${label}, ${text}`}
      title={`${text}: reset`}
      onClick={reset}
    >
      <RotateCcw size={12} aria-hidden="true" />
    </button>
  );
}

interface NumberProps extends FieldProps {
  value: number;
  min?: number;
  max?: number;
  step?: number;
  onChange: (value: number) => void;
}

export function NumberField({ label, field, problem, hint, mark, value, min, max, step = 1, onChange }: NumberProps) {
  const id = useId();
  return (
    <div className="field" data-field={field}>
      <span className="field-name">
        <label htmlFor={id}>{label}</label>
        <Mark label={label} mark={mark} />
      </span>
      <input
        id={id}
        type="number"
        value={Number.isNaN(value) ? '' : value}
        min={min}
        max={max}
        step={step}
        aria-invalid={problem !== undefined}
        aria-describedby={problem ? `${id}-problem` : undefined}
        title={hint}
        onChange={(event) => onChange(event.target.valueAsNumber)}
      />
      {problem && (
        <p className="field-problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  );
}

interface PairProps extends FieldProps {
  value: [number, number];
  step?: number;
  onChange: (value: [number, number]) => void;
}

/** Lowest and highest value of a range. */
export function PairField({ label, field, problem, hint, mark, value, step = 0.05, onChange }: PairProps) {
  const id = useId();
  const input = (which: 0 | 1, name: string) => (
    <input
      type="number"
      aria-label={`${label}, ${name}`}
      value={Number.isNaN(value[which]) ? '' : value[which]}
      step={step}
      min={0}
      aria-invalid={problem !== undefined}
      onChange={(event) =>
        onChange(which === 0 ? [event.target.valueAsNumber, value[1]] : [value[0], event.target.valueAsNumber])
      }
    />
  );
  return (
    <div className="field" data-field={field} title={hint}>
      <span className="field-name">
        <span id={id}>{label}</span>
        <Mark label={label} mark={mark} />
      </span>
      <span className="pair" role="group" aria-labelledby={id}>
        {input(0, 'lowest')}
        <span aria-hidden="true">–</span>
        {input(1, 'highest')}
      </span>
      {problem && <p className="field-problem">{problem}</p>}
    </div>
  );
}

interface ChoiceProps<T extends string> extends FieldProps {
  value: T;
  /** those with the same group stand together under its name */
  options: readonly { value: T; label: string; group?: string }[];
  onChange: (value: T) => void;
  testId?: string;
}

export function ChoiceField<T extends string>({
  label,
  field,
  hint,
  mark,
  value,
  options,
  onChange,
  testId,
}: ChoiceProps<T>) {
  const id = useId();
  return (
    <div className="field" data-field={field}>
      <span className="field-name">
        <label htmlFor={id}>{label}</label>
        <Mark label={label} mark={mark} />
      </span>
      <select
        id={id}
        data-testid={testId}
        // a long choice may be cut in its box
        title={[options.find((o) => o.value === value)?.label, hint].filter(Boolean).join('. ')}
        value={value}
        onChange={(event) => {
          const chosen = options.find((o) => o.value === event.target.value);
          if (chosen) onChange(chosen.value);
        }}
      >
        {[...new Set(options.map((o) => o.group))].map((group) => {
          const members = options
            .filter((o) => o.group === group)
            .map((o) => (
              <option key={o.value} value={o.value}>
                {o.label}
              </option>
            ));
          return group === undefined ? (
            members
          ) : (
            <optgroup key={group} label={group}>
              {members}
            </optgroup>
          );
        })}
      </select>
    </div>
  );
}

export const runStateNames: Record<RunState, string> = {
  preparing: 'preparing',
  running: 'training',
  paused: 'paused',
  stopped: 'stopped',
  finished: 'finished',
  failed: 'failed',
};

/** One line of a list of facts. */
export const Fact = ({ name, value }: { name: string; value: string }) => (
  <>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </>
);
