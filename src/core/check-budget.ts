// When a run may be looked at: checks may take a twentieth of the time that its steps take, whatever the machine. The first
// one shows what a check takes here and is made on credit; every other must have been earned before it is made.

/** Share of the steps' time that checks may take. */
export const checkShare = 0.05;
/** Steps between two checks, at least. */
export const leastSteps = 10;
/** Every how many-th check asks the probes too. */
const probeEvery = 4;

export class CheckBudget {
  #trained = 0;
  #spent = 0;
  #last = 0;
  #checks = 0;
  /** what the newest check took, with and without probes; null until there was one */
  #cost: { plain: number | null; probed: number | null };

  /** `step`: from where on the run is looked at. `probed`: milliseconds that a check with probes took, where one is known. */
  constructor(step: number, probed: number | null = null) {
    this.#last = step;
    this.#cost = { plain: null, probed };
  }

  /** The next check asks the probes. */
  get withProbes(): boolean {
    return this.#checks % probeEvery === probeEvery - 1;
  }

  get share(): number {
    return this.#trained > 0 ? this.#spent / this.#trained : 0;
  }

  trained(milliseconds: number): void {
    this.#trained += milliseconds;
  }

  due(step: number): boolean {
    const { plain, probed } = this.#cost;
    const next = (this.withProbes ? probed : null) ?? plain ?? 0;
    return step - this.#last >= leastSteps && this.#spent + next <= checkShare * this.#trained;
  }

  checked(step: number, milliseconds: number, probed: boolean): void {
    this.#spent += milliseconds;
    this.#last = step;
    this.#checks++;
    this.#cost = { ...this.#cost, [probed ? 'probed' : 'plain']: milliseconds };
  }
}
