import type { Random } from '../base/random.js';
import { dtypes, hasFunctions, type NativeBackend, nativeBackend, type TensorInfo } from './binding.js';
import { outOfMemory } from './outOfMemory.js';
import { precision } from './precision.js';
import { type Recorded, record } from './recording.js';
import { type Tensor, tf, type Variable } from './tf.js';

/** Recordings that one function keeps, the newest ones. */
const KEPT = 32;

/** What runs functions: `eager`, operation by operation; recorded, TensorFlow's executor (`graph`) or `xla`. */
export type Compiler = 'eager' | 'graph' | 'xla';

let chosen: Compiler | undefined;

/**
 * The compiler in use: XLA on a GPU, where it fuses the elementwise work; on CPUs it brings nothing and takes minutes.
 * `eager` where the engine cannot record.
 */
export function compiler(): Compiler {
  if (!canCompile()) return 'eager';
  return chosen ?? (nativeBackend()?.isUsingGpuDevice ? 'xla' : 'graph');
}

/** Whether the engine in use can record functions. */
export function canCompile(): boolean {
  const backend = nativeBackend();
  return backend !== undefined && hasFunctions(backend);
}

/** Takes another compiler, for measuring and comparing; undefined for the default. @returns the one before. */
export function setCompiler(name: Compiler | undefined): Compiler | undefined {
  const before = chosen;
  chosen = name;
  return before;
}

/** Whether functions are recorded; where not, `Compiled` calls them as they are. */
export const compiles = (): boolean => compiler() !== 'eager';

export interface CallOptions {
  /** Of what the function draws by `drawn`. */
  random?: Random;
  /** What else the function depends on besides its inputs, such as the grids of videos: plain data. */
  given?: unknown;
  /** Ends the wait for XLA's compiler, which can take minutes, with its reason; the compiler goes on, for the next call. */
  signal?: AbortSignal;
}

/** A function of tensors that gives new tensors. */
export type Body = (inputs: Tensor[], options: CallOptions) => Tensor[];

/**
 * A function of tensors that is recorded once for each combination of shapes and then runs as one call of the engine;
 * on an engine that cannot record, it is called as it is.
 */
export class Compiled {
  private readonly recorded = new Map<string, Recorded>();
  /** Names of the recordings that have run. */
  private readonly compiled = new Set<string>();

  /**
   * @param body all that changes from call to call has to be an input, a variable, `given` or `drawn`; it must not read
   *   values.
   * @param variables all that it may use.
   */
  constructor(
    private readonly body: Body,
    private readonly variables: () => Iterable<Variable>,
  ) {}

  /** The function's results, which the caller disposes of. */
  async call(inputs: readonly Tensor[], options: CallOptions = {}): Promise<Tensor[]> {
    if (!compiles()) return tf.tidy(() => this.body([...inputs], options));
    const backend = nativeBackend() as NativeBackend;
    const { random, given } = options;
    const xla = compiler() === 'xla';
    const shapes = inputs.map(({ shape, dataId }) => `${backend.tensorMap.get(dataId).dtype}[${shape}]`);
    const key = JSON.stringify([shapes, precision(), xla, random !== undefined, given]);
    const recorded = this.find(key, () =>
      record(backend, (tensors) => this.body(tensors, options), inputs, this.variables()),
    );
    const first = xla && !this.compiled.has(recorded.name);
    const infos = run(backend, recorded, inputs, random, xla);
    const done = await (first ? orAborted(infos, options.signal, backend) : infos);
    this.compiled.add(recorded.name);
    return done.map((info) => backend.createOutputTensor(info));
  }

  /** Forgets the recordings. */
  dispose(): void {
    for (const { name } of this.recorded.values()) nativeBackend()?.binding.removeFunction(name);
    this.recorded.clear();
  }

  private find(key: string, make: () => Recorded): Recorded {
    const found = this.recorded.get(key) ?? make();
    this.recorded.delete(key);
    this.recorded.set(key, found);
    if (this.recorded.size > KEPT) {
      const [oldest, { name }] = this.recorded.entries().next().value as [string, Recorded];
      this.recorded.delete(oldest);
      nativeBackend()?.binding.removeFunction(name);
    }
    return found;
  }
}

async function run(
  backend: NativeBackend,
  { name, variables, draws, outputs }: Recorded,
  inputs: readonly Tensor[],
  random: Random | undefined,
  xla: boolean,
): Promise<TensorInfo[]> {
  const { binding } = backend;
  const drawn = draws.map(({ shape, values }) =>
    binding.createTensor(shape, dtypes.float32, values(random as Random)),
  );
  try {
    const ids = [...backend.getInputTensorIds([...inputs, ...variables]), ...drawn];
    return await binding.callFunction(name, ids, outputs, xla);
  } catch (error) {
    throw outOfMemory(error);
  } finally {
    for (const id of drawn) binding.deleteTensor(id);
  }
}

/** The results, or the signal's reason as soon as it is aborted; results that come later are disposed of. */
async function orAborted(
  results: Promise<TensorInfo[]>,
  signal: AbortSignal | undefined,
  { binding }: NativeBackend,
): Promise<TensorInfo[]> {
  if (!signal) return results;
  const drop = (infos: TensorInfo[]) => {
    for (const { id } of infos) binding.deleteTensor(id);
  };
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(signal.reason);
      results.then(drop, () => {});
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    results.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
