import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * The folder of the CUDA libraries that the build of the engine has laid out beside TensorFlow's
 * (`<package>/lib/*.so`, `cuda_nvcc/bin/ptxas`); undefined where the engine was built without CUDA.
 */
export function cudaFolder(): string | undefined {
  try {
    const file = createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/package.json');
    const folder = join(dirname(file), 'deps', 'nvidia');
    return existsSync(folder) ? folder : undefined;
  } catch {
    return undefined;
  }
}
