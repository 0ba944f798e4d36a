import { spawnSync } from 'node:child_process';
import { fromDist } from './build.mjs';
import { environment, inClone } from './environment.mjs';

/**
 * Makes the native (or cuda) engine work: as it is, or by the build that `npx solireward engine build` does.
 * @param {{ cuda?: boolean }} [options] builds for a GPU that is not there yet; else a driver that answers decides
 */
export async function native({ cuda } = {}) {
  const { hasNvidiaDriver } = await fromDist('engine/nvidia.js');
  const found = load();
  if (found?.functions && (found.cuda || !(cuda || hasNvidiaDriver()))) {
    const why = found.cuda && !found.gpu ? (await fromDist('engine/gpuReport.js')).explainGpu() : '';
    return `TensorFlow ${found.version} on the ${found.gpu ? 'GPU' : 'CPU'}${why && `: ${why}`}`;
  }
  const { buildEngine } = await fromDist('engine/build/buildEngine.js');
  const { makeVenv } = await fromDist('engine/build/python.js');
  try {
    const python = await makeVenv(inClone('.venv'), environment);
    const { library } = await buildEngine({ python, env: environment, ...(cuda && { cuda }) });
    return library;
  } catch (error) {
    const rest = found
      ? 'the CPU'
      : 'WebGPU where a GPU answers, else WebAssembly: training is about six times slower';
    if (error instanceof Error) error.message += `\nIt continues with ${rest}`;
    throw error;
  }
}

/**
 * Loads the library in a process of its own.
 * @returns {{ version: string, gpu: boolean, cuda: boolean, functions: boolean } | null}
 */
function load() {
  const url = JSON.stringify(new URL('../../dist/src/engine/native.js', import.meta.url).href);
  const script = `import(${url}).then(({ loadNative }) => console.log('\\n' + JSON.stringify(loadNative())))`;
  const { status, stdout } = spawnSync(process.execPath, ['-e', script], {
    encoding: 'utf8',
    env: environment,
  });
  return status === 0 ? JSON.parse(stdout.trim().split('\n').pop() ?? 'null') : null;
}
