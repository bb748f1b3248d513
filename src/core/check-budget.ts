// When a run may be looked at: checks may take a twentieth of the time that its steps take, whatever the machine. The first
// one shows what a check takes here and is made on credit; every other must have been earned before it is made. At a few places
// of a run they may take a quarter: a short one with quick steps would otherwise end before anything is known of it. Who wants
// probes every so many steps has them, whatever they take.

/** Share of the steps' time that checks may take. */
export const checkShare = 0.05;
/** Steps between two checks, at least. */
export const leastSteps = 10;
/** Where they may take more, as parts of the run; its end is looked at in any case. */
const places = [1 / 8, 1 / 4, 1 / 2, 3 / 4];
export const placesShare = 0.25;
/** Every how many-th check asks the probes too. */
const probeTurn = 4;

/** Steps between two checks with probes that can be asked for. */
export const probeIntervals = [10, 20, 50, 100, 200, 500, 1000] as const;
export type ProbeInterval = (typeof probeIntervals)[number];
export const isProbeInterval = (v: unknown): v is ProbeInterval => probeIntervals.some((known) => known === v);

/** The run that is looked at. */
interface LookedAt {
  /** from where on */
  step: number;
  total: number;
  /** milliseconds that a check with probes took, where one is known */
  probed: number | null;
  /** whether probes were asked of trained weights already */
  asked: boolean;
}

export class CheckBudget {
  /** steps after which probes are asked in any case; null: as they are earned */
  every: ProbeInterval | null = null;
  #trained = 0;
  #spent = 0;
  #last = 0;
  #checks = 0;
  /** what the newest check took, with and without probes; null until there was one */
  #cost: { plain: number | null; probed: number | null };
  readonly #total: number;
  #asked: boolean;

  constructor({ step, total, probed, asked }: LookedAt) {
    this.#last = step;
    this.#total = total;
    this.#cost = { plain: null, probed };
    this.#asked = asked;
  }

  /** A check of this step asks the probes: every so many steps where that is chosen; at its turn, which is waited for but at a place of the run; behind half of it as soon
   * as they can be paid for; and at its end. */
  withProbes(step: number): boolean {
    if (step >= this.#total || this.#isChosen(step)) return true;
    const turn = this.#checks % probeTurn === probeTurn - 1;
    if (turn && !this.#isPlace(step)) return true;
    return (turn || (step >= this.#total / 2 && !this.#asked)) && this.#affords(step, this.#costOf(true));
  }

  /** Whether a step has come, since the newest check, at which probes were chosen to be asked. */
  #isChosen(step: number): boolean {
    return this.every !== null && Math.floor(step / this.every) > Math.floor(this.#last / this.every);
  }

  /** Whether a part of the run has come that was not looked at yet. */
  #isPlace(step: number): boolean {
    return places.some((part) => this.#last < part * this.#total && part * this.#total <= step);
  }

  #costOf(probes: boolean): number {
    const { plain, probed } = this.#cost;
    return (probes ? probed : null) ?? plain ?? 0;
  }

  #affords(step: number, milliseconds: number): boolean {
    return this.#spent + milliseconds <= (this.#isPlace(step) ? placesShare : checkShare) * this.#trained;
  }

  get share(): number {
    return this.#trained > 0 ? this.#spent / this.#trained : 0;
  }

  trained(milliseconds: number): void {
    this.#trained += milliseconds;
  }

  due(step: number): boolean {
    if (this.#isChosen(step)) return true;
    return step - this.#last >= leastSteps && this.#affords(step, this.#costOf(this.withProbes(step)));
  }

  checked(step: number, milliseconds: number, probed: boolean): void {
    this.#spent += milliseconds;
    this.#last = step;
    this.#checks++;
    this.#asked ||= probed;
    this.#cost = { ...this.#cost, [probed ? 'probed' : 'plain']: milliseconds };
  }
}
