// What must be known of a stranger's encoder before it is run: what goes in, what comes out, how it cuts patches.

/** A size that is fixed, one that the file gives a name, or one that it leaves open. */
export type GraphSize = number | string | null;

export interface GraphValue {
  name: string;
  /** float32, float16, int64, …; "sequence" and the like for what is no tensor */
  type: string;
  /** null: the file does not say */
  sizes: GraphSize[] | null;
}

export interface EncoderGraph {
  /** program that wrote the file */
  producer: string;
  /** version of the standard operators */
  opset: number;
  /** what has to be given; weights are not among them */
  inputs: GraphValue[];
  outputs: GraphValue[];
  operators: number;
  parameters: number;
  metadata: Record<string, string>;
  /** convolutions over three colours that step by their own size, (h, w) or (t, h, w): how patches are cut */
  patches: number[][];
  /** operators that take the input first, whatever only moves or casts it left out */
  first: string[];
}

/** "1 × 3 × 224 × 224"; what is open is said by its name or as ?. */
export const sizesText = (sizes: readonly GraphSize[] | null): string =>
  sizes === null ? 'unknown size' : sizes.length ? sizes.map((s) => s ?? '?').join(' × ') : 'a single number';
