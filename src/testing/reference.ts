// Ring 2 of proof: numbers from the official PyTorch code. A folder holds an index.json and one safetensors file per case;
// every tensor that has an entry in `stats` is an expected output and must be compared within its stored tolerance.

import fs from 'node:fs';
import path from 'node:path';
import { readSafetensors, type StoredTensor } from '../formats/safetensors.ts';

/** Settings of a case: whatever the official config of its kind holds. Plain JSON of a trusted test folder. */
// eslint-disable-next-line typescript/no-explicit-any
export type CaseConfig = Record<string, any>;

interface Stats {
  atol: number;
  exclude?: [number, number][];
}

export interface ReferenceCase {
  id: string;
  kind: string;
  config: CaseConfig;
  /** numbers that need f64 */
  doubles: CaseConfig;
  stats: Record<string, Stats>;
  tensor: (name: string) => StoredTensor & { data: Float32Array | Int32Array };
  has: (name: string) => boolean;
  /** names that begin with the prefix, numbered ones in order */
  names: (prefix: string) => string[];
}

/** REFERENCE_DIR, or the project's own copy. */
export const referenceFolder = (): string =>
  process.env.REFERENCE_DIR ?? path.resolve(import.meta.dirname, '../../reference');

/** Every case that the folder lists: id, kind and file. */
export function listCases(folder: string): { id: string; kind: string; file: string }[] {
  const index = JSON.parse(fs.readFileSync(path.join(folder, 'index.json'), 'utf8')) as {
    cases: { id: string; kind: string; file: string }[];
  };
  return index.cases;
}

export function loadCase(folder: string, file: string): ReferenceCase {
  const { metadata, tensors } = readSafetensors(fs.readFileSync(path.join(folder, file)));
  const names = [...tensors.keys()].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return {
    id: metadata.id,
    kind: metadata.kind,
    config: JSON.parse(metadata.config) as CaseConfig,
    doubles: JSON.parse(metadata.doubles) as CaseConfig,
    stats: JSON.parse(metadata.stats) as Record<string, Stats>,
    tensor(name) {
      const found = tensors.get(name);
      if (!found || found.data instanceof Uint8Array) throw new Error(`${metadata.id} has no tensor ${name}`);
      return found as StoredTensor & { data: Float32Array | Int32Array };
    },
    has: (name) => tensors.has(name),
    names: (prefix) => names.filter((name) => name.startsWith(prefix)),
  };
}

/** Collects comparisons of one case. */
export class Comparison {
  readonly case: ReferenceCase;
  /** largest error as a share of its tolerance, and where */
  worst = 0;
  worstName = '';
  readonly failures: string[] = [];
  #seen = new Set<string>();

  constructor(c: ReferenceCase) {
    this.case = c;
  }

  /** Compares with the stored tensor: max |difference| ≤ atol outside the excluded ranges; integers exactly. */
  compare(name: string, actual: ArrayLike<number>): void {
    const { data } = this.case.tensor(name);
    const { atol, exclude = [] } = this.case.stats[name] ?? {};
    this.#seen.add(name);
    if (atol === undefined) {
      this.failures.push(`${name} is no expected output of this case`);
      return;
    }
    if (actual.length !== data.length) {
      this.failures.push(`${name} has ${actual.length} values instead of ${data.length}`);
      return;
    }
    let error = 0;
    for (let i = 0; i < data.length; i++) {
      if (exclude.some(([from, to]) => i >= from && i < to)) continue;
      const off = Math.abs(actual[i] - data[i]);
      error = Math.max(error, Number.isNaN(off) ? Infinity : off);
    }
    this.#judge(name, error, atol);
  }

  /** Compares one number with an expectation of its own. */
  within(name: string, actual: number, expected: number, atol: number): void {
    const off = Math.abs(actual - expected);
    this.#judge(name, Number.isNaN(off) ? Infinity : off, atol);
  }

  /** Counts an expected output that was compared by other means (distributions). */
  covered(name: string): void {
    this.#seen.add(name);
  }

  #judge(name: string, error: number, atol: number): void {
    const share = error === 0 ? 0 : error / atol; // atol 0 (integers) allows nothing
    if (share > this.worst) {
      this.worst = share;
      this.worstName = name;
    }
    if (!(share <= 1)) this.failures.push(`${name} is off by ${error}, ${atol} is allowed`);
  }

  /** Expected outputs that nobody compared count as failures. */
  finish(): void {
    for (const name of Object.keys(this.case.stats))
      if (!this.#seen.has(name)) this.failures.push(`${name} was not compared`);
  }
}
