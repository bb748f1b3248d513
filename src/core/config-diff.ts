// A config as a flat list of fields, named as checkConfig names them ("model.crop", "masks.0.blocks").

import type { RunConfig } from './config.ts';

/** A list of numbers is one field: a range, or painted tokens. */
export type FieldValue = number | string | boolean | null | number[];

/** Every field below an object, in its order; the parts of lists of objects have numbers in their names. */
export function fieldsOf(value: object, prefix = ''): Map<string, FieldValue> {
  const fields = new Map<string, FieldValue>();
  for (const [key, part] of Object.entries(value) as [string, unknown][]) {
    const name = prefix + key;
    if (isField(part)) fields.set(name, part);
    else if (typeof part === 'object' && part !== null)
      for (const [inner, leaf] of fieldsOf(part, `${name}.`)) fields.set(inner, leaf);
  }
  return fields;
}

const isField = (v: unknown): v is FieldValue =>
  v === null ||
  typeof v === 'number' ||
  typeof v === 'string' ||
  typeof v === 'boolean' ||
  (Array.isArray(v) && v.every((n) => typeof n === 'number'));

export const sameField = (a: FieldValue | undefined, b: FieldValue | undefined): boolean =>
  Array.isArray(a) && Array.isArray(b) ? a.length === b.length && a.every((n, i) => n === b[i]) : Object.is(a, b);

/** Fields of `b` that are new or other than in `a`, and those of `a` that are gone; "masks" when their number changed. */
export function changedFields(a: RunConfig, b: RunConfig): string[] {
  const before = fieldsOf(a);
  const after = fieldsOf(b);
  before.delete('preset');
  after.delete('preset');
  const changed = [...after].filter(([name, value]) => !sameField(before.get(name), value)).map(([name]) => name);
  const gone = [...before.keys()].filter((name) => !after.has(name));
  return [...(a.masks.length === b.masks.length ? [] : ['masks']), ...changed, ...gone];
}

/** Puts a value into its place; the field is one of fieldsOf and the value of the kind that it holds. */
export function setField(config: RunConfig, field: string, value: FieldValue): void {
  const path = field.split('.');
  const last = path.pop() ?? '';
  let part: object = config;
  for (const key of path) part = Reflect.get(part, key) as object;
  Reflect.set(part, last, value);
}

/** A copy with one field changed. */
export function withField(config: RunConfig, field: string, value: FieldValue): RunConfig {
  const copy = structuredClone(config);
  setField(copy, field, value);
  return copy;
}
