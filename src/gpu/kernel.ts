// From a WGSL file to compute pipelines. Binding numbers and uniform fields are written once, in the shader;
// a small parser reads `@binding` declarations and `struct Dims` from it.

import lib from '../../shaders/lib.wgsl?raw';
import { StudioError } from '../core/errors.ts';

export interface Binding {
  name: string;
  number: number;
  access: 'uniform' | 'read' | 'read_write';
}

export interface DimsField {
  name: string;
  type: 'u32' | 'f32';
  /** byte offset in the uniform block */
  offset: number;
}

/** A shader file: what it binds and which numbers it wants. */
export interface Kernel {
  name: string;
  source: string;
  bindings: Map<string, Binding>;
  dims: DimsField[];
  /** its workgroups are made of subgroups: it has an override MOST_LANES, the lanes of the adapter's largest */
  bySubgroups: boolean;
}

/**
 * Reads the declarations of one WGSL file. What it shares with its other forms, and `lib.wgsl`, are appended, so that line
 * numbers in errors stay true.
 */
export function parseKernel(name: string, own: string, shared = ''): Kernel {
  const source = `${own}\n${shared}`;
  const bindings = new Map<string, Binding>();
  const declaration =
    /@group\(0\)\s*@binding\((\d+)\)\s*var<\s*(uniform|storage)\s*(?:,\s*(read_write|read))?\s*>\s*(\w+)/g;
  for (const [, number, space, access, variable] of source.matchAll(declaration)) {
    bindings.set(variable, {
      name: variable,
      number: Number(number),
      access: space === 'uniform' ? 'uniform' : access === 'read_write' ? 'read_write' : 'read',
    });
  }
  const block = /struct Dims\s*\{([^}]*)\}/.exec(source)?.[1] ?? '';
  const dims: DimsField[] = [];
  for (const [, field, type] of block.replace(/\/\/.*$/gm, '').matchAll(/(\w+)\s*:\s*(\w+)/g)) {
    if (type !== 'u32' && type !== 'f32')
      throw new StudioError(
        'shader',
        `${name}.wgsl: field ${field} of Dims is ${type}; only u32 and f32 are supported`,
      );
    dims.push({ name: field, type, offset: dims.length * 4 });
  }
  return { name, source: `${source}\n${lib}`, bindings, dims, bySubgroups: /^override MOST_LANES\b/m.test(source) };
}

/** What makes two pipelines the same. */
export interface PipelineKey {
  kernel: Kernel;
  entry: string;
  /** names of the bindings that the entry point touches */
  names: string[];
  /** override constants; booleans are passed as 0 and 1 because Dawn for Node refuses true */
  overrides: Record<string, number>;
}

export interface Pipeline {
  pipeline: GPUComputePipeline;
  layout: GPUBindGroupLayout;
}

/** All pipelines of a device. Each is compiled once, asynchronously, and again when that failed, since memory may have been
 * short; counts what it made. */
export class PipelineCache {
  readonly device: GPUDevice;
  /** pipelines created so far */
  created = 0;
  #modules = new Map<Kernel, GPUShaderModule>();
  #pipelines = new Map<string, Promise<Pipeline>>();

  constructor(device: GPUDevice) {
    this.device = device;
  }

  get(key: PipelineKey): Promise<Pipeline> {
    const id = JSON.stringify([key.kernel.name, key.entry, key.names, key.overrides]);
    const known = this.#pipelines.get(id);
    if (known) return known;
    const made = this.#compile(key);
    this.#pipelines.set(id, made);
    made.catch(() => this.#pipelines.delete(id)); // told to who asked for it
    return made;
  }

  async #compile({ kernel, entry, names, overrides }: PipelineKey): Promise<Pipeline> {
    const device = this.device;
    this.created++;
    let module = this.#modules.get(kernel);
    if (!module) {
      // Errors of the source come back from the pipeline below, with their lines.
      device.pushErrorScope('validation');
      module = device.createShaderModule({ label: kernel.name, code: kernel.source });
      void device.popErrorScope();
      this.#modules.set(kernel, module);
    }
    const layout = device.createBindGroupLayout({
      label: `${kernel.name}.${entry}`,
      entries: names.map((name) => {
        const binding = kernel.bindings.get(name);
        if (!binding) throw new StudioError('shader', `${kernel.name}.wgsl binds nothing called ${name}`);
        const type = ({ uniform: 'uniform', read: 'read-only-storage', read_write: 'storage' } as const)[
          binding.access
        ];
        return { binding: binding.number, visibility: GPUShaderStage.COMPUTE, buffer: { type } };
      }),
    });
    try {
      const pipeline = await device.createComputePipelineAsync({
        label: `${kernel.name}.${entry}`,
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: {
          module,
          entryPoint: entry,
          constants: kernel.bySubgroups ? { ...overrides, MOST_LANES: device.adapterInfo.subgroupMaxSize } : overrides,
        },
      });
      return { pipeline, layout };
    } catch (error) {
      this.#modules.delete(kernel);
      throw await shaderError(kernel, entry, module, error);
    }
  }
}

/** The compiler's message with the line it speaks of. */
async function shaderError(
  kernel: Kernel,
  entry: string,
  module: GPUShaderModule,
  error: unknown,
): Promise<StudioError> {
  const lines = kernel.source.split('\n');
  const info = await module.getCompilationInfo();
  const told = info.messages
    .filter((m) => m.type === 'error')
    .map((m) => `${kernel.name}.wgsl:${m.lineNum}: ${m.message}\n    ${lines[m.lineNum - 1] ?? ''}`);
  const text = told.length ? told.join('\n') : error instanceof Error ? error.message : String(error);
  return new StudioError(
    'shader',
    `The kernel ${kernel.name}.${entry} did not compile.\n${text}`,
    'Please report this with the name of your GPU and browser.',
  );
}
