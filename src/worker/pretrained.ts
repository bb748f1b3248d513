// Encoders that came as files: what they are, and features of the shown clip. The runtime has a thread of its own, one for
// the encoder in use; ending it is how a pass is cancelled and how memory comes back.

import type { EncoderGraph } from '../core/encoder-graph.ts';
import { StudioError } from '../core/errors.ts';
import { tokenCount } from '../core/grid.ts';
import { checkLayout, type InputLayout, inputSizes, proposeLayout } from '../core/input-layout.ts';
import { pcaBasis, pcaColours, projectTokens, type TokenFeatures } from '../core/token-features.ts';
import { layTokens, takeTokens, type TokenLayout } from '../core/token-layout.ts';
import { readOnnxGraph, tooLarge } from '../formats/onnx-graph.ts';
import type { Encoded, PretrainedCommand } from '../protocol/pretrained.ts';
import { framesFor, packPictures } from '../video/encoder-input.ts';
import { fingerprintFile } from '../video/fingerprint.ts';
import type { ThreadAnswer, ThreadOrder } from './encoder-thread.ts';
import type { Library, Post } from './library.ts';

type Ask<T extends PretrainedCommand['type']> = Extract<PretrainedCommand, { type: T }>;
type Done = Extract<ThreadAnswer, { type: 'done' }>;
type Tell = (stage: string, done: number, total: number) => void;

/** What runs an encoder. Ending it makes whatever it runs fail with 'cancelled'. */
export interface EncoderThread {
  run: (order: ThreadOrder, tell: Tell) => Promise<Done>;
  end: () => void;
}

interface Opened {
  file: File;
  graph: EncoderGraph;
  thread: EncoderThread | null;
  results: Map<string, Encoded>;
}

/** Results kept of an encoder; the oldest goes first. */
const mostKept = 12;

export class Pretrained {
  readonly #post: Post;
  readonly #library: Pick<Library, 'clip'>;
  readonly #start: () => EncoderThread;
  readonly #opened = new Map<string, Opened>();
  readonly #jobs = new Map<string, () => void>();
  /** one clip after the other */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(post: Post, library: Pick<Library, 'clip'>, start: () => EncoderThread = startThread) {
    this.#post = post;
    this.#library = library;
    this.#start = start;
  }

  cancel(jobId: string): void {
    this.#jobs.get(jobId)?.();
  }

  /** Throws StudioError 'format' with the reason why the file cannot be an encoder. */
  async open({ requestId, encoderId, file }: Ask<'openEncoder'>): Promise<void> {
    const refusal = tooLarge(file.name, file.size);
    if (refusal) throw refusal;
    const graph = readOnnxGraph(new Uint8Array(await file.arrayBuffer()), file.name);
    const proposal = proposeLayout(graph);
    // without SHA-256 its name and size have to do
    const fingerprint = await fingerprintFile(file).then(
      ({ text }) => text,
      () => `${file.size} ${file.name}`,
    );
    this.#opened.set(encoderId, { file, graph, thread: null, results: new Map() });
    const { name, size: bytes } = file;
    this.#post({
      type: 'encoderOpened',
      requestId,
      encoder: { encoderId, name, bytes, fingerprint, graph, proposal },
    });
  }

  close({ encoderId }: Ask<'closeEncoder'>): void {
    this.#opened.get(encoderId)?.thread?.end();
    this.#opened.delete(encoderId);
  }

  /** Throws StudioError 'cancelled', or 'format' with what does not fit. */
  async encode({ requestId, jobId, request }: Ask<'encodeClip'>): Promise<void> {
    const { encoderId, layout, clipId } = request;
    const opened = this.#opened.get(encoderId);
    if (!opened) throw new StudioError('format', 'The encoder is no longer open.', 'Choose its file again.');
    checkLayout(layout, opened.graph);
    let cancelled = false;
    this.#jobs.set(jobId, () => {
      cancelled = true;
      opened.thread?.end();
      opened.thread = null;
    });
    const key = JSON.stringify(request);
    const tell: Tell = (stage, done, total) => this.#post({ type: 'progress', jobId, stage, done, total });
    const work = async (): Promise<Encoded> => {
      const known = opened.results.get(key);
      if (known) return known;
      tell('Reading the clip', 0, 0);
      const clip = this.#library.clip(clipId);
      const last = clip.source.frames - 1;
      const passes = framesFor(layout, request).map((frames) => frames.map((f) => Math.min(Math.max(0, f), last)));
      const pictures = await clip.look(passes.flat(), layout.side);
      const each = passes[0].length;
      const inputs = passes.map((_, i) => packPictures(pictures.slice(i * each, (i + 1) * each), layout));
      if (cancelled) throw new StudioError('cancelled', 'The encoder was stopped.');
      opened.thread ??= this.#start();
      const order = {
        file: opened.file,
        graph: opened.graph,
        inputs,
        sizes: inputSizes(layout),
        output: layout.output,
      };
      const answer = await opened.thread.run(order, tell).catch((error: unknown) => {
        opened.thread?.end(); // the next try begins anew
        opened.thread = null;
        throw error;
      });
      tell('Colours', 0, 0);
      const frames = passes.flat();
      const seen = { first: frames[0], last: frames[frames.length - 1], count: frames.length };
      const encoded = { ...featuresOf(answer, layout, opened), seen };
      opened.results.set(key, encoded);
      for (const oldest of opened.results.keys()) {
        if (opened.results.size <= mostKept) break;
        opened.results.delete(oldest);
      }
      return encoded;
    };
    const result = this.#turn.then(work, work);
    this.#turn = result.catch(() => {});
    try {
      this.#post({ type: 'encoded', requestId, encoded: await result });
    } finally {
      this.#jobs.delete(jobId);
      this.#post({ type: 'jobDone', jobId, cancelled });
    }
  }
}

/** Tokens of all passes, one behind the other in time, and their colours. */
function featuresOf(answer: Done, layout: InputLayout, { file, graph }: Opened): Omit<Encoded, 'seen'> {
  const { output, order } = layout;
  const fed = order === 'BCHW' ? { frames: 1, side: layout.side } : layout;
  const laid: TokenLayout[] = answer.outputs.map(({ sizes }) => layTokens(output, sizes, fed, graph.patches));
  const [{ grid, channels, extra, guessed }] = laid;
  const count = tokenCount(grid) * channels;
  const values = new Float32Array(count * laid.length);
  answer.outputs.forEach(({ data }, i) => values.set(takeTokens(data, laid[i]), i * count));
  const broken = values.findIndex((v) => !Number.isFinite(v));
  if (broken >= 0)
    throw new StudioError(
      'non-finite',
      `The output ${output} is not a number at token ${Math.floor(broken / channels)} of ${values.length / channels}.`,
      'Check the range of the colours, or export the encoder in float32.',
    );
  const features: TokenFeatures = {
    grid: { ...grid, t: grid.t * laid.length },
    channels,
    values,
    about: `${file.name}, ${output}`,
  };
  const basis = pcaBasis(features);
  const { backend, milliseconds } = answer;
  const colours = pcaColours(projectTokens(features, basis));
  const shares = basis.variances.map((v) => (basis.total > 0 ? v / basis.total : 0));
  return { features, colours, shares, extra, guessed, backend, milliseconds };
}

function startThread(): EncoderThread {
  const worker = new Worker(new URL('./encoder-thread.ts', import.meta.url), { type: 'module' });
  let refuse: (error: StudioError) => void = () => {};
  return {
    run: (order, tell) =>
      new Promise((resolve, reject) => {
        refuse = reject;
        worker.onmessage = ({ data }: MessageEvent<ThreadAnswer>) => {
          if (data.type === 'stage') tell(data.stage, data.done, data.total);
          else if (data.type === 'done') resolve(data);
          else reject(new StudioError(data.error.code, data.error.message, data.error.advice));
        };
        worker.onerror = (event) =>
          reject(
            new StudioError(
              'internal',
              `The thread of the encoder stopped: ${event.message || 'it could not be loaded'}.`,
              'Close other tabs if memory is short, or take a smaller encoder.',
            ),
          );
        worker.postMessage(
          order,
          order.inputs.map((input) => input.buffer),
        );
      }),
    end() {
      worker.terminate();
      refuse(new StudioError('cancelled', 'The encoder was stopped.'));
    },
  };
}
