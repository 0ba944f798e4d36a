import { mkdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheFolder } from '../base/cacheFolder.js';
import { gpuName, oldDriver } from './nvidia.js';

/** XLA would compile each product and each fusion in dozens of forms and time them: a minute more for each shape. */
const untuned = {
  '--xla_gpu_autotune_level': '0',
  '--xla_gpu_enable_triton_gemm': 'false',
  '--xla_gpu_experimental_enable_fusion_autotuner': 'false',
};

/**
 * What TensorFlow and XLA read from the environment when their libraries start on a GPU. What the user has set stays.
 * - GPU memory is taken as it is needed, not all at once: others may use the card too.
 * - GPUs are numbered as nvidia-smi numbers them; behind a driver that is too old they are hidden, since TensorFlow
 *   would fail on them and not start on the CPU either.
 * - XLA takes the products of cuBLAS as cuBLAS chooses them, as PyTorch does.
 * - XLA finds its compiler (ptxas, libdevice) in the wheel, and keeps the programs that it has compiled in
 *   $XDG_CACHE_HOME/solireward/xla (~/.cache/solireward/xla), apart for each card and library: it does not look
 *   whether a program of the folder was made for another.
 * @param cuda the folder of `cudaFolder()`.
 */
export function setCudaEnvironment(
  cuda: string,
  env: NodeJS.ProcessEnv = process.env,
  card: string = gpuName() ?? 'GPU',
): void {
  env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  env.CUDA_DEVICE_ORDER ??= 'PCI_BUS_ID';
  if (env.CUDA_VISIBLE_DEVICES === undefined && oldDriver()) env.CUDA_VISIBLE_DEVICES = '-1';

  const compiler = join(cuda, 'cuda_nvcc');
  const bin = join(compiler, 'bin');
  const path = env.PATH?.split(delimiter) ?? [];
  if (!path.includes(bin)) env.PATH = [...path, bin].join(delimiter);
  addFlag(env, 'XLA_FLAGS', '--xla_gpu_cuda_data_dir', compiler);
  for (const [flag, value] of Object.entries(untuned)) addFlag(env, 'XLA_FLAGS', flag, value);

  const library = statSync(join(cuda, '..', 'lib', 'libtensorflow_cc.so.2'), { throwIfNoEntry: false });
  const programs = join(cacheFolder('xla', env), `${card.replaceAll(/\W+/g, '-')}-${library?.size}`);
  try {
    mkdirSync(programs, { recursive: true });
  } catch {
    return; // A home folder that cannot be written costs the programs of the next time, not this one.
  }
  addFlag(env, 'TF_XLA_FLAGS', '--tf_xla_persistent_cache_directory', programs);
}

/** Appends a flag to a variable, if it is not in there. A variable that names a file of flags is left alone. */
function addFlag(env: NodeJS.ProcessEnv, variable: string, flag: string, value: string): void {
  const flags = env[variable]?.trim() ?? '';
  if (flags.includes(flag) || (flags !== '' && !flags.startsWith('-'))) return;
  const quoted = /\s/.test(value) ? `"${value}"` : value;
  env[variable] = `${flags} ${flag}=${quoted}`.trim();
}
