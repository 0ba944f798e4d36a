import { availableParallelism } from 'node:os';
import { compiles } from './compile.js';
import { tryFusedAttention } from './fusedAttention.js';
import { explainGpu } from './gpuReport.js';
import { type EngineName, engineNames } from './names.js';
import { loadNative } from './native.js';
import { gpuName, hasNvidiaDriver } from './nvidia.js';
import { type Precision, precision, setPrecision } from './precision.js';
import { EngineReport } from './report.js';
import { loadBackend, tf } from './tf.js';
import { matmulGflops } from './throughput.js';
import { replaceKernels } from './wasmKernels.js';
import { loadWebGpu } from './webgpu.js';

export { type EngineName, engineNames };

/** How long `use` measures the speed of an engine at a precision, once in a process. */
const MEASURE_MS = 200;
const speeds = new Map<string, number>();

/** How an engine computes. */
export interface UseOptions {
  /** Most bytes of GPU memory that `cuda` takes, for a card that others use too. Default: all, as they are needed. */
  memoryLimit?: number;
  /** How matrix products are computed. Default: `bfloat16` on `cuda`, `float32` elsewhere. */
  precision?: Precision;
}

/**
 * Chooses the engine that everything computes on. `auto` takes the first of `engineNames` that works; a WebGPU
 * adapter that is emulated on the CPU is used only when asked for by name.
 * Tensors and weights belong to the engine that they were made on: choose first, then load a model.
 * @returns the engine in use and why better ones are not; it shows itself as a cell's value.
 * @throws {RangeError} for an unknown engine, and a memory limit that is not a whole number of bytes or not for `cuda`.
 * @throws with the reason of each engine when none works; the reasons alone are the error's `cause`.
 */
export async function use(
  name: 'auto' | EngineName = 'auto',
  { memoryLimit, precision: wanted }: UseOptions = {},
): Promise<EngineReport> {
  if (name !== 'auto' && !engineNames.includes(name)) {
    throw new RangeError(`engine.use: unknown engine '${name}', expected auto or ${engineNames.join(', ')}`);
  }
  if (memoryLimit !== undefined) limitGpuMemory(name, memoryLimit);
  const skipped: { engine: EngineName; reason: string }[] = [];
  for (const engine of name === 'auto' ? engineNames : [name]) {
    try {
      const library = await start(engine, name === 'auto');
      const used = choosePrecision(engine, wanted);
      return new EngineReport(engine, library, used, await speed(engine), skipped, await tryFusedAttention());
    } catch (error) {
      if (error instanceof RangeError) throw error;
      skipped.push({ engine, reason: (error as Error).message });
    }
  }
  const reasons = skipped.map(({ engine, reason }) => (name === 'auto' ? `${engine}: ${reason}` : reason));
  throw new Error(
    `engine.use('${name}'): ${reasons.join('; ')}. Run "npx solireward doctor" to see what works here`,
    {
      cause: reasons.join('; '),
    },
  );
}

/** TensorFlow takes the limit when its library starts, from the environment. */
function limitGpuMemory(name: string, bytes: number): void {
  if (!(Number.isSafeInteger(bytes) && bytes > 0))
    throw new RangeError(
      `engine.use: memoryLimit must be a whole number of bytes above 0, received ${bytes}`,
    );
  if (name !== 'auto' && name !== 'cuda')
    throw new RangeError(`engine.use: memoryLimit is of the engine cuda, not of ${name}`);
  const limit = String(bytes);
  if (tf.findBackendFactory('tensorflow') && process.env.SOLIREWARD_GPU_MEMORY_BYTES !== limit) {
    throw new Error(
      'engine.use: TensorFlow has started with another memoryLimit: give it in the first call, after a restart',
    );
  }
  process.env.SOLIREWARD_GPU_MEMORY_BYTES = limit;
}

/** @throws RangeError for a precision that the engine does not have. */
function choosePrecision(engine: EngineName, wanted: Precision | undefined): Precision {
  const name = wanted ?? (engine === 'cuda' && compiles() ? 'bfloat16' : 'float32');
  if ((name === 'tf32' && engine !== 'cuda') || (name === 'bfloat16' && !compiles())) {
    throw new RangeError(
      `engine.use: ${engine} does not compute in ${name}; tf32 is for cuda, bfloat16 for cuda and native as ` +
        '"npx solireward engine build" makes them',
    );
  }
  setPrecision(name);
  return name;
}

/** Loads an engine, makes it the one in use, and returns the name of what is behind it. */
async function start(engine: EngineName, auto: boolean): Promise<string> {
  const library = await loaders[engine](auto);
  const backend = engine === 'cuda' || engine === 'native' ? 'tensorflow' : engine;
  if (!(await tf.setBackend(backend)))
    throw new Error(`the backend ${backend} of TensorFlow.js did not start`);
  return library;
}

const loaders: Record<EngineName, (auto: boolean) => string | Promise<string>> = {
  cuda() {
    const { gpu, cuda, version } = loadNative();
    if (gpu) return `TensorFlow ${version} on ${gpuName() ?? 'an NVIDIA GPU'}`;
    throw new Error(cuda || hasNvidiaDriver() ? explainGpu() : 'no NVIDIA driver');
  },
  native() {
    const { gpu, version } = loadNative();
    if (!gpu) return `TensorFlow ${version}, ${cores()}`;
    throw new Error("TensorFlow computes on the GPU: use 'cuda', or hide the GPU by CUDA_VISIBLE_DEVICES=-1");
  },
  async webgpu(auto) {
    const { name, software } = await loadWebGpu();
    if (auto && software) throw new Error(`only a software adapter (${name})`);
    return name;
  },
  wasm() {
    if (!tf.findBackendFactory('wasm')) {
      loadBackend('@tensorflow/tfjs-backend-wasm');
      replaceKernels();
    }
    return 'WebAssembly, 1 core';
  },
  cpu: () => 'plain JavaScript, 1 core',
};

function cores(): string {
  const count = availableParallelism();
  return count === 1 ? '1 core' : `${count} cores`;
}

async function speed(engine: EngineName): Promise<number> {
  const key = `${engine} ${precision()}`;
  let gflops = speeds.get(key);
  if (gflops === undefined) {
    gflops = await matmulGflops(MEASURE_MS);
    speeds.set(key, gflops);
  }
  return gflops;
}
