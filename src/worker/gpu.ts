// The worker's GPU: opened when first needed, lost and opened again, and the forms of kernels in force on it.

import { availableVariants, canRun, likelyVariant, missingFeature, type Variant, variants } from '../core/variant.ts';
import { reportError, StudioError } from '../core/errors.ts';
import { bytesOf, usualLimit } from '../core/memory-limit.ts';
import { type OpenDevice, openDevice } from '../gpu/device.ts';
import { limitHeld } from '../gpu/held.ts';
import { PipelineCache } from '../gpu/kernel.ts';
import type { DeviceState } from '../protocol/messages.ts';
import type { tune } from '../tasks/tune.ts';
import type { Post } from './library.ts';

/** What is measured unasked: forms that compute the same. Half precision does not, and is asked for. */
const unasked = ['rows', 'product', 'attention'] as const;

/** The tuner, which is not part of what the first screen loads. */
const measureForms: typeof tune = async (...asked) => (await import('../tasks/tune.ts')).tune(...asked);

type OnForm = (form: string, done: number, total: number) => void;

export class Gpu {
  readonly #post: Post;
  readonly #tune: typeof tune;
  #opening: Promise<{ open: OpenDevice; pipelines: PipelineCache }> | null = null;
  /** the device, while there is one */
  #open: OpenDevice | null = null;
  /** what the page chose or the tuner found; null: what is likely the fastest */
  #chosen: Variant | null = null;
  /** forms were chosen, or are being measured, or could not be: they are not measured unasked again */
  #settled: Promise<void> | null = null;
  /** the measurement before the next one */
  #measuring: Promise<unknown> = Promise.resolve();
  /** what holds memory that it gives back when a run begins */
  readonly #holding = new Set<Promise<void>>();
  /** bytes that all buffers may take together */
  #budgetBytes = bytesOf(usualLimit);
  /** told when the device goes away by itself */
  onLost: (error: StudioError) => void = () => {};

  constructor(post: Post, measure: typeof tune = measureForms) {
    this.#post = post;
    this.#tune = measure;
  }

  get budgetBytes(): number {
    return this.#budgetBytes;
  }

  set budgetBytes(bytes: number) {
    this.#budgetBytes = bytes;
    if (this.#open) limitHeld(this.#open.device, bytes);
  }

  /** The device and its pipelines. Throws StudioError 'gpu-missing'. */
  use(): Promise<{ open: OpenDevice; pipelines: PipelineCache }> {
    return (this.#opening ??= this.#openDevice().catch((error: unknown) => {
      this.#opening = null; // a later try may find one
      throw error;
    }));
  }

  async #openDevice(): Promise<{ open: OpenDevice; pipelines: PipelineCache }> {
    const open = await openDevice(navigator.gpu, self.isSecureContext);
    this.#open = open;
    limitHeld(open.device, this.#budgetBytes);
    void open.lost.then((error) => {
      this.#opening = null;
      this.#open = null;
      this.onLost(error);
      this.#tell({ kind: 'none', error: reportError(error) });
    });
    return { open, pipelines: new PipelineCache(open.device) };
  }

  /** Forms in force, without opening a device: where there is none, those that need nothing of it. */
  get inForce(): Variant {
    return this.#open ? this.variant(this.#open) : variants.workgroup;
  }

  variant(open: OpenDevice): Variant {
    return this.#chosen && canRun(this.#chosen, open.features)
      ? this.#chosen
      : variants[likelyVariant(open.software, open.features)];
  }

  /**
   * Forms for a run: those in force, or on a GPU that nobody has measured yet the fastest, measured now and once. A software
   * adapter keeps the likely ones, since compiling all would take it longer than they gain.
   */
  async settle(onForm: OnForm): Promise<Variant> {
    const { open, pipelines } = await this.use();
    // a run that was stopped meanwhile leaves the measurement to the next one
    if (!open.software) await (this.#settled ??= this.#measure(open, pipelines, onForm));
    return this.variant(open);
  }

  async #measure(open: OpenDevice, pipelines: PipelineCache, onForm: OnForm): Promise<void> {
    try {
      const { variant, rows } = await this.alone(() =>
        this.#tune(pipelines, open.features, { parts: unasked, onForm }),
      );
      if (this.#chosen) return; // by hand, meanwhile
      this.#chosen = variant;
      await this.#ready();
      this.#post({ type: 'kernelsFound', variant, rows });
    } catch (error) {
      // the likely forms stay in force, and the run begins with them
      this.#post({ type: 'kernelsNotFound', error: reportError(error) });
    }
  }

  /** Measures behind what was asked for before: beside one another both would come out wrong. */
  alone<T>(measure: () => Promise<T>): Promise<T> {
    const mine = this.#measuring.then(measure);
    this.#measuring = mine.catch(() => {}); // told to who asked
    return mine;
  }

  /** For what holds memory and gives way to runs: what is returned is called when it has. */
  givesWay(): () => void {
    let given = () => {};
    const holding = new Promise<void>((resolve) => (given = resolve));
    this.#holding.add(holding);
    return () => {
      this.#holding.delete(holding);
      given();
    };
  }

  /** Resolves when all that gives way to a run has done so, what is being measured too. */
  async allGaveWay(): Promise<void> {
    await this.#measuring;
    await Promise.all(this.#holding);
  }

  /** Opens the device and tells the page what it is, or why there is none. */
  async open(): Promise<void> {
    this.#tell({ kind: 'opening' });
    try {
      await this.#ready();
    } catch (error) {
      this.#tell({ kind: 'none', error: reportError(error) });
    }
  }

  /** Puts forms of the kernels in force for what is compiled from now on. */
  async choose(variant: Variant | null): Promise<void> {
    const { open } = await this.use();
    if (variant && !canRun(variant, open.features)) {
      const missing = missingFeature(variant, open.features);
      throw new StudioError(
        'config',
        missing
          ? `This adapter has no ${missing}, which these kernels need.`
          : 'There are no half precision kernels for products in registers, and no others for products by matrices.',
        'Choose other kernels.',
      );
    }
    this.#chosen = variant;
    this.#settled = Promise.resolve();
    await this.#ready();
  }

  async #ready(): Promise<void> {
    const { open } = await this.use();
    this.#tell({
      kind: 'ready',
      adapter: {
        name: open.name,
        software: open.software,
        features: open.features,
        maxBufferBytes: open.maxBindingBytes,
        variant: this.variant(open),
        available: availableVariants(open.features),
      },
    });
  }

  #tell(state: DeviceState): void {
    this.#post({ type: 'device', state });
  }
}
