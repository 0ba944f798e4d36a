import { createRequire } from 'node:module';
import { hasFunctions, type NativeBackend } from './binding.js';
import { setCudaEnvironment } from './cudaEnvironment.js';
import { cudaFolder } from './cudaFolder.js';
import { explainGpu } from './gpuReport.js';
import { replaceKernels } from './nativeKernels.js';
import { loadBackend, tf } from './tf.js';

/** What is behind the TensorFlow binding. */
export interface NativeLibrary {
  version: string;
  /** Whether it computes on a GPU. */
  gpu: boolean;
  /** Whether it was laid out with the libraries of CUDA. */
  cuda: boolean;
  /** Whether the binding records functions; one that was not built by `engine build` does not. */
  functions: boolean;
}

/**
 * Loads the TensorFlow C library through tfjs-node-gpu and registers its backend `tensorflow`.
 * @throws when the binding is not built, or its library cannot be loaded.
 */
export function loadNative(): NativeLibrary {
  quiet();
  const cuda = cudaFolder();
  if (cuda) setCudaEnvironment(cuda);
  restoreUtil();
  try {
    loadBackend('@tensorflow/tfjs-node-gpu');
  } catch (error) {
    throw new Error(bindingProblem(error as NodeJS.ErrnoException));
  }
  const backend = tf.findBackend('tensorflow') as unknown as NativeBackend | null;
  if (!backend) throw new Error('tfjs-node-gpu registered no backend');
  replaceKernels();
  return {
    version: backend.binding.TF_Version,
    gpu: backend.isUsingGpuDevice,
    cuda: cuda !== undefined,
    functions: hasFunctions(backend),
  };
}

/**
 * TensorFlow reads this when its library has been loaded: errors only, if the user did not choose. What it says of
 * oneDNN comes before that, and the one variable that silences it turns oneDNN off; the kernel keeps it from the cell.
 */
function quiet(): void {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
}

/** tfjs-node 4.22 calls two functions of `util` that Node 23 removed. */
function restoreUtil(): void {
  const util = createRequire(import.meta.url)('node:util');
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}

/** What to type where the binding or its library is missing. */
const build = 'npx solireward engine build';

function bindingProblem(error: NodeJS.ErrnoException): string {
  const message = error.message.split('\n')[0];
  if (error.code === 'MODULE_NOT_FOUND')
    return `the package @tensorflow/tfjs-node-gpu is not installed: ${build}`;
  if (/native addon module/.test(message)) return `the TensorFlow binding is not built: ${build}`;
  if (/cannot open shared object file/.test(message)) return `${message} (build it anew: ${build})`;
  // The binding tells no more of a GPU that TensorFlow could not start on.
  if (/TFE_Context/.test(message) && cudaFolder())
    return `${explainGpu()} (CUDA_VISIBLE_DEVICES=-1 leaves TensorFlow the CPU)`;
  return message;
}
