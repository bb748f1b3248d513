// End-to-end fine-tuning (article, appendix on fine-tuning): encoder and attentive classifier as one plan over labelled
// clips, cross-entropy, one submit per step, layer-wise decay of the encoder's rates. Both networks are copies of their own;
// nothing here reaches the weights of a run.

import { StudioError } from '../core/errors.ts';
import type { Variant } from '../core/variant.ts';
import { type Arena, createArenas, destroyArena, layoutArena, trainArena } from '../gpu/arena.ts';
import { roomOn } from '../gpu/held.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import { Plan } from '../gpu/plan.ts';
import { type CompileOptions, programBytes, type ProgramMemory, programMemory } from '../gpu/program.ts';
import { Flight } from '../gpu/flight.ts';
import { readTensor } from '../gpu/readback.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { encode, type EncoderSizes, type TokenSet } from '../model/encoder.ts';
import { packFull } from '../model/pack.ts';
import { encoderParameters, type NetworkSizes } from '../model/parameters.ts';
import { classifierParameters, type ClassifierSizes, classify } from '../model/pooler.ts';
import { mostTiles, tileTable } from '../ops/attention.ts';
import { segmentTables } from '../ops/cross-attention.ts';
import { crossEntropy } from '../ops/cross-entropy.ts';
import { rateFactors } from './layer-decay.ts';
import { type Compiled, learnAndAsk, learnFrom, learningValues } from './learn-and-ask.ts';

export interface FinetuneShape {
  network: NetworkSizes;
  encoder: EncoderSizes;
  head: ClassifierSizes;
  /** clips of the largest batch */
  batch: number;
  /** 1 gives every layer the same rate */
  layerDecay: number;
}

export interface FinetuneSettings {
  /** 0-based */
  step: number;
  lr: number;
  weightDecay: number;
  /** largest gradient norm, encoder and classifier apart */
  clip: number | null;
}

/** Values of whole arenas. */
export interface FinetuneWeights {
  encoder: Float32Array<ArrayBuffer>;
  head: Float32Array<ArrayBuffer>;
}

interface Networks {
  encoder: Arena;
  head: Arena;
}

/** A plan over B clips, with what the host writes and reads. */
interface Recorded {
  plan: Plan;
  logits: Tensor;
  /** of training only: (B, 1), (2, 2) */
  loss: Tensor | null;
  norms: Tensor | null;
}

function record(nets: Networks, s: FinetuneShape, variant: Variant, learn: boolean, recompute: boolean): Recorded {
  const { tokens } = s.network;
  const { frames, height, width } = s.encoder.shape;
  const most = { B: s.batch, rows: s.batch * tokens, tiles: mostTiles(tokens, 0) * s.batch };
  const plan = new Plan({ most, variant, recompute });
  if (learn) for (const arena of [nets.encoder, nets.head]) trainArena(plan, arena);
  const table = (name: string, rows: string, cols: number) => plan.input(name, rows, cols, 'u32');
  const clips = plan.input('clips', 'B', 3 * frames * height * width);
  const set: TokenSet = {
    rows: 'rows',
    tokens: table('tokens', 'rows', 2),
    positions: table('positions', 'rows', 1),
    tiles: { table: table('tiles', 'tiles', 4), count: 'tiles' },
  };
  const run = () => {
    const features = encode(plan, nets.encoder, s.encoder, clips, set, 'encoder'); // (rows, C)
    const segments = { table: table('segments', 'B', 2), owner: table('owner', 'rows', 1) };
    const deep = s.head.depth > 1;
    const onQuery = () => ({ table: table('queries', 'B', 4), count: 'B' });
    const tiles = deep ? (s.head.upstream === 'jepa' ? onQuery() : set.tiles) : null;
    return classify(plan, nets.head, s.head, features, { segments, tiles }, 'head').logits; // (B, classes)
  };
  if (!learn) return { plan, logits: plan.keep(plan.frozen(run)), loss: null, norms: null };
  const logits = run();
  const loss = crossEntropy(plan, logits, table('labels', 'B', 1), plan.input('share', 'B', 1), 'loss');
  const { encoder, head } = nets;
  const factors = s.layerDecay === 1 ? null : plan.input('factors', 1, encoder.size / 64);
  const norms = learnFrom(plan, loss, [encoder, head], 'clip', factors);
  return { plan, logits, loss, norms };
}

const networks = (s: FinetuneShape, make: (label: string, specs: Parameters<typeof layoutArena>[1]) => Arena) => ({
  encoder: make('encoder', encoderParameters(s.network)),
  head: make('head', classifierParameters(s.head)),
});

/** Arenas of a shape, laid out without memory: where the values of each parameter lie. */
export const finetuneArenas = (s: FinetuneShape): Networks =>
  networks(s, (label, specs) => layoutArena(label, specs, true));

export class Finetuner {
  readonly nets: Networks;
  readonly shape: FinetuneShape;
  readonly #device: GPUDevice;
  readonly #learn: Compiled<Recorded>;
  readonly #ask: Compiled<Recorded>;
  readonly #best: Networks;
  readonly #flight: Flight;

  private constructor(
    nets: Networks,
    best: Networks,
    shape: FinetuneShape,
    learn: Compiled<Recorded>,
    ask: Compiled<Recorded>,
  ) {
    this.nets = nets;
    this.shape = shape;
    this.#best = best;
    this.#device = learn.program.device;
    this.#learn = learn;
    this.#ask = ask;
    this.#flight = new Flight(learn.program, [learn.recorded.norms!, learn.recorded.loss!], 3);
    for (const { recorded } of [learn, ask]) this.#writeTables(recorded.plan);
  }

  /**
   * Lays both networks out with these weights and compiles training and answering. Where a step would not fit the budget,
   * the blocks' activations are made again in the backward pass.
   */
  static async create(
    pipelines: PipelineCache,
    shape: FinetuneShape,
    weights: FinetuneWeights,
    variant: Variant,
    options: CompileOptions = {},
  ): Promise<Finetuner> {
    const { device } = pipelines;
    const { nets, best } = await createArenas(device, 'the networks of fine-tuning', (create) => ({
      nets: networks(shape, (label, specs) => create(label, specs, true)),
      best: networks(shape, (label, specs) => create(`best ${label}`, specs, false)),
    }));
    const arenas = [nets.encoder, nets.head, best.encoder, best.head];
    try {
      for (const [arena, values] of [
        [nets.encoder, weights.encoder],
        [nets.head, weights.head],
      ] as const) {
        if (values.length !== arena.size)
          throw new StudioError(
            'format',
            `the weights of the ${arena.label} are ${values.length} values, this model has ${arena.size}`,
            'Choose the weights of a model with the same settings.',
          );
        device.queue.writeBuffer(arena.weights.place!.buffer, 0, values);
      }
    } catch (error) {
      arenas.forEach(destroyArena);
      throw error;
    }
    const bytesOf = ({ plan }: { plan: Plan }) => programBytes(programMemory(plan));
    const answering = () => record(nets, shape, variant, false, false);
    const recorded = (learn: boolean) => {
      if (!learn) return answering();
      const kept = record(nets, shape, variant, true, false);
      const both = bytesOf(kept) + bytesOf(answering());
      return both <= roomOn(device, both) ? kept : record(nets, shape, variant, true, true);
    };
    return learnAndAsk(
      pipelines,
      arenas,
      recorded,
      (learn, ask) => new Finetuner(nets, best, shape, learn, ask),
      options,
    );
  }

  /**
   * One step on b clips: (b, 3 · T · S · S) and labels (b). Resolves when it was submitted, with a promise of the mean loss
   * and the gradient norms before clipping; that rejects with StudioError 'non-finite' when the step broke.
   */
  async step(
    clips: Float32Array<ArrayBuffer>,
    labels: ArrayLike<number>,
    settings: FinetuneSettings,
  ): Promise<{ result: Promise<{ loss: number; encoderNorm: number; headNorm: number }> }> {
    await this.#flight.place();
    const { plan } = this.#learn.recorded;
    const b = labels.length;
    this.#learn.program.put(plan.find('clips'), clips);
    this.#learn.program.put(plan.find('labels'), Uint32Array.from(labels));
    this.#learn.program.put(plan.find('share'), new Float32Array(b).fill(1 / b));
    const values = {
      ...this.#sizes(b),
      clip: settings.clip ?? 0,
      ...learningValues(settings.step, settings.lr, settings.weightDecay),
    };
    const result = this.#flight.submit(values, ([norms, losses]) => {
      const [encoderNorm, , headNorm] = norms;
      const loss = losses.subarray(0, b).reduce((sum, v) => sum + v, 0) / b;
      if (!Number.isFinite(encoderNorm + headNorm + loss))
        throw new StudioError(
          'non-finite',
          `Fine-tuning broke in step ${settings.step + 1}: loss ${loss}, gradient norms ${encoderNorm} and ${headNorm}.`,
          'Choose a lower learning rate.',
        );
      return { loss, encoderNorm, headNorm };
    });
    return { result };
  }

  /** Waits for every step on its way. */
  drain(): Promise<void> {
    return this.#flight.drain();
  }

  /** Logits (b, classes) of b clips, with the weights as they are. */
  async answer(clips: Float32Array<ArrayBuffer>, b: number): Promise<Float32Array<ArrayBuffer>> {
    const { recorded, program } = this.#ask;
    this.#learn.program.put(recorded.plan.find('clips'), clips);
    const values = this.#sizes(b);
    program.submit(values);
    return readTensor(this.#device, recorded.logits, b * this.shape.head.classes);
  }

  /** Of the training step, weights apart. */
  get memory(): ProgramMemory {
    return this.#learn.program.memory;
  }

  /** Puts the weights of both networks aside. */
  keepBest(): void {
    this.#copy(this.nets, this.#best);
  }

  /** Takes them back. */
  restoreBest(): void {
    this.#copy(this.#best, this.nets);
  }

  #copy(from: Networks, to: Networks): void {
    const encoder = this.#device.createCommandEncoder();
    for (const net of ['encoder', 'head'] as const)
      encoder.copyBufferToBuffer(
        from[net].weights.place!.buffer,
        0,
        to[net].weights.place!.buffer,
        0,
        from[net].size * 4,
      );
    this.#device.queue.submit([encoder.finish()]);
  }

  #sizes(b: number): Record<string, number> {
    const { tokens } = this.shape.network;
    return { B: b, rows: b * tokens, tiles: mostTiles(tokens, 0) * b };
  }

  /** Tables that hold for every batch: all clips have as many tokens, so a smaller batch uses the first entries. */
  #writeTables(plan: Plan): void {
    const { network, encoder, head, batch, layerDecay } = this.shape;
    const full = packFull(batch, network.tokens);
    const tables = segmentTables(Array<number>(batch).fill(network.tokens));
    this.#learn.program.put(plan.find('tokens'), full.tokens);
    this.#learn.program.put(plan.find('positions'), full.positions);
    this.#learn.program.put(plan.find('tiles'), full.tiles);
    this.#learn.program.put(plan.find('segments'), tables.table);
    this.#learn.program.put(plan.find('owner'), tables.owner);
    if (head.depth > 1 && head.upstream === 'jepa')
      this.#learn.program.put(plan.find('queries'), tileTable(Array<number>(batch).fill(1)));
    if (plan === this.#learn.recorded.plan && layerDecay !== 1)
      this.#learn.program.put(plan.find('factors'), rateFactors(this.nets.encoder, encoder.depth, layerDecay));
  }

  destroy(): void {
    for (const { program } of [this.#learn, this.#ask]) program.destroy();
    this.#flight.destroy();
    for (const nets of [this.nets, this.#best]) for (const arena of [nets.encoder, nets.head]) destroyArena(arena);
  }
}
