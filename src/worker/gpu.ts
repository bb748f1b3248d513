// The worker's GPU: opened when first needed, lost and opened again, and the forms of kernels in force on it.

import { canRun, likelyVariant, missingFeature, type Variant, variants } from '../core/variant.ts';
import { reportError, StudioError } from '../core/errors.ts';
import { type OpenDevice, openDevice } from '../gpu/device.ts';
import { PipelineCache } from '../gpu/kernel.ts';
import type { DeviceState } from '../protocol/messages.ts';
import { availableVariants } from '../tasks/tune.ts';
import type { Post } from './library.ts';

export class Gpu {
  readonly #post: Post;
  #opening: Promise<{ open: OpenDevice; pipelines: PipelineCache }> | null = null;
  /** what the page chose or the tuner found; null: what is likely the fastest */
  #chosen: Variant | null = null;
  /** told when the device goes away by itself */
  onLost: (error: StudioError) => void = () => {};

  constructor(post: Post) {
    this.#post = post;
  }

  /** The device and its pipelines. Throws StudioError 'gpu-missing'. */
  use(): Promise<{ open: OpenDevice; pipelines: PipelineCache }> {
    return (this.#opening ??= openDevice(navigator.gpu, self.isSecureContext).then((open) => {
      void open.lost.then((error) => {
        this.#opening = null;
        this.onLost(error);
        this.#tell({ kind: 'none', error: reportError(error) });
      });
      return { open, pipelines: new PipelineCache(open.device) };
    }));
  }

  variant(open: OpenDevice): Variant {
    return this.#chosen && canRun(this.#chosen, open.features)
      ? this.#chosen
      : variants[likelyVariant(open.software, open.features)];
  }

  /** Opens the device and tells the page what it is, or why there is none. */
  async open(): Promise<void> {
    this.#tell({ kind: 'opening' });
    try {
      await this.#ready();
    } catch (error) {
      this.#opening = null;
      this.#tell({ kind: 'none', error: reportError(error) });
    }
  }

  /** Puts forms of the kernels in force for what is compiled from now on. */
  async choose(variant: Variant | null): Promise<void> {
    const { open } = await this.use();
    if (variant && !canRun(variant, open.features))
      throw new StudioError(
        'config',
        `This adapter cannot run these kernels: ${missingFeature(variant, open.features) ?? 'no such combination'} is missing.`,
        'Choose other kernels.',
      );
    this.#chosen = variant;
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
