// Evaluation in the worker: takes a run's encoder as it is, gathers the labelled clips, and tells rows as they are done.
// One evaluation at a time; a run may train on beside it, on weights of its own.

import { reportError, StudioError } from '../core/errors.ts';
import { tokenCount } from '../core/grid.ts';
import { gridOf, type ModelConfig } from '../core/config.ts';
import { averageAnswers } from '../core/answers.ts';
import { type Arena, createArenas, destroyArena } from '../gpu/arena.ts';
import { encoderParameters } from '../model/parameters.ts';
import { checkEvaluation } from '../protocol/check-evaluation.ts';
import type {
  EvaluatedClip,
  EvaluationCommand,
  EvaluationRequest,
  EvaluationRow,
  QueryAttention,
} from '../protocol/evaluation.ts';
import { evaluateProbes } from '../tasks/evaluate.ts';
import { evaluateDetection } from '../tasks/evaluate-detect.ts';
import { evaluateFinetuning } from '../tasks/evaluate-finetune.ts';
import { readCheckpoint } from '../tasks/checkpoint.ts';
import { keptEncoder } from '../tasks/kept-encoder.ts';
import type { LabelledClip } from '../tasks/labelled.ts';
import { FrozenFeatures } from '../tasks/frozen.ts';
import { Probes } from '../tasks/probe.ts';
import { Classifier, type ClassifierShape } from '../train/classifier.ts';
import { askedDrawn } from '../video/asked-drawn.ts';
import { lastingNames } from '../video/labels.ts';
import { drawnPair } from './clips.ts';
import type { Gpu } from './gpu.ts';
import type { KeptRuns } from './kept-runs.ts';
import type { Library, Post } from './library.ts';
import type { FrozenEncoder } from './run-networks.ts';
import type { Training } from './training.ts';

type Ask<T extends EvaluationCommand['type']> = Extract<EvaluationCommand, { type: T }>;

/** Milliseconds between two progress events. */
const progressEvery = 150;

/** The attentive probe of the last evaluation, for looking with it as long as the page has that one's report. */
interface Remembered {
  jobId: string;
  request: EvaluationRequest;
  encoder: FrozenEncoder | null;
  shape: ClassifierShape;
  weights: Float32Array<ArrayBuffer>;
}

export class Evaluation {
  readonly #post: Post;
  readonly #library: Library;
  readonly #gpu: Gpu;
  readonly #training: Training;
  readonly #kept: KeptRuns;
  #job: { jobId: string; control: AbortController; done: Promise<void> } | null = null;
  #remembered: Remembered | null = null;

  constructor(post: Post, library: Library, gpu: Gpu, training: Training, kept: KeptRuns) {
    this.#post = post;
    this.#library = library;
    this.#gpu = gpu;
    this.#training = training;
    this.#kept = kept;
  }

  cancel(jobId: string): void {
    if (this.#job?.jobId === jobId) this.#job.control.abort();
  }

  async evaluate({ jobId, request }: Ask<'evaluate'>): Promise<void> {
    const before = this.#job;
    before?.control.abort();
    const control = new AbortController();
    const done = (async () => {
      await before?.done;
      this.#remembered = null; // large weights are not kept for a report that may be looked back at
      try {
        await this.#run(jobId, request, control.signal);
      } catch (error) {
        this.#remembered = null; // no report will come from which a clip could be opened
        if (!control.signal.aborted) this.#post({ type: 'evaluationFailed', jobId, error: reportError(error) });
      }
      this.#post({ type: 'jobDone', jobId, cancelled: control.signal.aborted });
    })();
    const job = { jobId, control, done };
    this.#job = job;
    await done;
    if (this.#job === job) this.#job = null;
  }

  async #run(jobId: string, request: EvaluationRequest, signal: AbortSignal): Promise<void> {
    refuseBadRequest(request);
    let told = -Infinity;
    const onProgress = (stage: string, done: number, total: number, secondsLeft: number | null) => {
      if (performance.now() - told < progressEvery && done < total) return;
      told = performance.now();
      this.#post({ type: 'progress', jobId, stage, done, total, secondsLeft });
    };
    onProgress('Reading clips', 0, 0, null);
    const encoder = request.runId === null ? null : await this.#training.encoder(request.runId, request.network);
    const model = encoder?.config.model ?? request.config.model;
    const clips = this.#clips(request);
    const { open, pipelines } = await this.#gpu.use();
    const variant = this.#gpu.variant(open);
    const asked = encoder ? { ...request, config: encoder.config } : request;
    const onRow = (row: EvaluationRow) => this.#post({ type: 'evaluationRow', jobId, row });
    const telling = { signal, onProgress, onRow };
    if (request.task === 'finetune') {
      const tools = { ...telling, pipelines, variant };
      const report = await evaluateFinetuning(asked, clips, encoder?.step ?? null, encoder?.weights ?? null, tools);
      return this.#post({ type: 'evaluated', jobId, report });
    }
    const beside = request.beside && (await this.#keptBeside(request.beside.runId, request.network, model));
    const probes = new Probes(pipelines, variant);
    const made = [() => probes.destroy()];
    try {
      const arena = encoder && (await loaded(pipelines.device, encoder, made));
      const other = beside && (await loaded(pipelines.device, beside, made));
      const frozen = new FrozenFeatures(pipelines, model, arena, variant, other);
      made.push(() => frozen.destroy());
      if (request.task === 'detect') {
        const report = await evaluateDetection(asked, clips, encoder?.step ?? null, {
          ...telling,
          pipelines,
          variant,
          frozen,
        });
        return this.#post({ type: 'evaluated', jobId, report });
      }
      const report = await evaluateProbes(asked, clips, encoder?.step ?? null, {
        ...telling,
        frozen,
        probes,
        remember: async (classifier) => {
          this.#remembered = {
            jobId,
            request: asked,
            encoder,
            shape: classifier.shape,
            weights: await classifier.weights(),
          };
        },
      });
      const told = beside &&
        request.beside && {
          label: request.beside.label,
          target: beside.config.loss.target,
          step: beside.step,
        };
      this.#post({ type: 'evaluated', jobId, report: { ...report, beside: told } });
    } finally {
      for (const free of made) free();
    }
  }

  /** The encoder of a kept run, from its newest checkpoint. Throws StudioError 'config' when it is another architecture. */
  async #keptBeside(runId: string, network: EvaluationRequest['network'], model: ModelConfig): Promise<FrozenEncoder> {
    const { bytes } = await this.#kept.newest(runId);
    const checkpoint = readCheckpoint(bytes);
    const { config, step } = checkpoint;
    return { weights: keptEncoder(checkpoint, network, model), config, step };
  }

  /** Labelled clips of a request. Throws StudioError 'config' where one has no such label. */
  #clips(request: EvaluationRequest): LabelledClip[] {
    const { data, task } = request;
    if (data.kind === 'drawn')
      return askedDrawn(data.seed, data.clips, data.axis, task === 'detect').map(({ index, id, label }, i) => {
        if (label === undefined)
          throw new StudioError('config', `Drawn clips have no label ${data.axis}.`, 'Choose another label.');
        const clip = { kind: 'drawn', index } as const;
        return { id, name: `Drawn clip ${i + 1}`, label, group: null, source: this.#source(clip, request), clip };
      });
    const known = data.clipIds.map((clipId) => ({ clipId, ...this.#library.clip(clipId) }));
    const names = lastingNames(known.map(({ info }) => info));
    return known.map(({ clipId, info, source }, i) => {
      const label = info.labels[data.axis];
      if (label === undefined)
        throw new StudioError('config', `${info.name} has no label ${data.axis}.`, 'Leave it out, or give it one.');
      const group = data.group === null ? null : (info.labels[data.group] ?? null);
      const clip = { kind: 'library', clipId, name: info.name } as const;
      const file = info.copyOf ?? clipId;
      return { id: names[i], name: info.name, label, group, file, source, clip };
    });
  }

  #source(clip: EvaluatedClip, { data, task }: EvaluationRequest) {
    if (clip.kind === 'library') return this.#library.source(clip.clipId);
    if (data.kind !== 'drawn')
      throw new StudioError('config', 'This evaluation had no drawn clips.', 'Choose a clip of the evaluation.');
    const look = { noise: data.noise, background: data.background, colours: 'pale' } as const;
    if (task === 'detect') return drawnPair(data.seed, clip.index, look);
    return this.#library.source(this.#library.drawn(data.seed, clip.index, look));
  }

  /** Where the query of the newest attentive probe looks in a clip. */
  async look({ requestId, evaluation, clip }: Ask<'lookWithProbe'>): Promise<void> {
    const known = this.#remembered;
    if (known?.jobId !== evaluation)
      throw new StudioError(
        'config',
        'The attentive probe of these results is not there any more: another evaluation began.',
        'Ask the same again to see where it looks.',
      );
    const { request, encoder, shape, weights } = known;
    const { open, pipelines } = await this.#gpu.use();
    const variant = this.#gpu.variant(open);
    const made: (() => void)[] = [];
    try {
      const arena = encoder && (await loaded(pipelines.device, encoder, made));
      const frozen = new FrozenFeatures(pipelines, request.config.model, arena, variant);
      made.push(() => frozen.destroy());
      const classifier = await Classifier.create(pipelines, shape, 0, variant);
      made.push(() => classifier.destroy());
      classifier.load(weights);
      const labelled = { id: '', name: '', label: '', group: null, source: this.#source(clip, request), clip };
      const { signal } = new AbortController();
      const from = arena ? 'trained' : 'random';
      const { values, views } = await frozen.read([labelled], from, 0, request, signal, () => {});
      const each = values.length / views;
      const logits: Float32Array[] = [];
      let looked: Float32Array | null = null;
      // answered as in the report, by all views; looked at where the probe was trained
      for (let v = 0; v < views; v++) {
        const isMiddle = v === Math.floor(views / 2);
        const view = await classifier.answer(values.slice(v * each, (v + 1) * each), 1, isMiddle);
        logits.push(view.logits);
        looked ??= view.looked;
      }
      const { heads, classes } = shape.sizes;
      const answer = [...averageAnswers(logits, classes)];
      const attention: QueryAttention = { heads, weights: byHead(looked!, heads), answer };
      this.#post({ type: 'looked', requestId, attention }, [attention.weights.buffer]);
    } finally {
      for (const free of made) free();
    }
  }
}

/** (N, heads) → (heads, N) */
function byHead(looked: Float32Array, heads: number): Float32Array<ArrayBuffer> {
  const N = looked.length / heads;
  return Float32Array.from({ length: looked.length }, (_, i) => looked[(i % N) * heads + Math.floor(i / N)]);
}

/** An arena of its own with the weights of an encoder; `made` is told how to free it. Throws StudioError 'gpu-memory'. */
async function loaded(device: GPUDevice, { weights, config }: FrozenEncoder, made: (() => void)[]): Promise<Arena> {
  const specs = encoderParameters({ ...config.model, tokens: tokenCount(gridOf(config.model)) });
  const arena = await createArenas(device, 'an evaluated encoder', (create) =>
    create('evaluated encoder', specs, false),
  );
  made.push(() => destroyArena(arena));
  device.queue.writeBuffer(arena.weights.place!.buffer, 0, weights);
  return arena;
}

/** Throws StudioError 'config' with the first thing that cannot work. */
function refuseBadRequest(r: EvaluationRequest): void {
  const [problem] = checkEvaluation(r);
  if (problem) throw new StudioError('config', problem.message);
  if (r.data.kind === 'library' && !r.data.clipIds.length)
    throw new StudioError('config', 'There are no clips with labels.', 'Add videos in folders, one per class.');
}
