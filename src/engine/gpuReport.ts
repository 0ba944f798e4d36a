import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { oldDriver } from './nvidia.js';

const build = 'npx solireward engine build --cuda';

let reason: string | undefined;

/**
 * Why TensorFlow uses no GPU, in its own words: it says them to the error output while its library starts, so the
 * binding is loaded once more, by a process of its own, and made to name the libraries that it opens.
 */
export function explainGpu(): string {
  reason ??= oldDriver() ?? readGpuReport(startTensorFlow(), process.env.CUDA_VISIBLE_DEVICES);
  return reason;
}

/** What TensorFlow says when it starts, and how its process ended. */
export interface GpuReport {
  text: string;
  /** The signal that ended the process: TensorFlow aborts for some faults. */
  signal: string | null;
}

function startTensorFlow(): GpuReport {
  const require = createRequire(import.meta.url);
  const file = JSON.stringify(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
  const script = `
    const require = process.getBuiltinModule('node:module').createRequire(${file});
    require(require('@mapbox/node-pre-gyp').find(${file}));`;
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '0', TF_CPP_VMODULE: 'dso_loader=1' };
  const { stderr, signal } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8', env });
  return { text: stderr, signal };
}

/**
 * The one line of the report that matters.
 * @param visible the user's CUDA_VISIBLE_DEVICES.
 */
export function readGpuReport({ text, signal }: GpuReport, visible?: string): string {
  const missing = [...text.matchAll(/Could not load dynamic library '([^']+)'/g)].map(([, name]) => name);
  // A TensorFlow with CUDA looks for the driver first, whatever else is there.
  if (!/dynamic library '?libcuda\.so/.test(text))
    return `the TensorFlow library here is the one without CUDA: ${build}`;
  if (missing.includes('libcuda.so.1')) return 'no NVIDIA driver (its libcuda.so.1 is not found)';
  if (/CUDA_ERROR_NO_DEVICE/.test(text) && visible !== undefined)
    return `CUDA_VISIBLE_DEVICES=${visible} leaves no GPU to see`;
  if (/Cannot dlopen some GPU libraries/.test(text)) {
    const names = missing.filter((name) => name !== 'libnvidia-ml.so.1');
    return `TensorFlow does not find ${names.join(', ')}: ${build}`;
  }
  const said = problems(text);
  if (said.length > 0) return `TensorFlow says: ${said.join('; ')}`;
  if (signal) return `TensorFlow ended its process by ${signal} when it started on the GPU`;
  return 'TensorFlow found the libraries of CUDA, and no GPU that it can use';
}

/** The warnings and errors of a log, without where and when, and the exception that ended the process; each once. */
function problems(text: string): string[] {
  const line = /^(?:(?:[\d-]+ [\d:.]+: )?[WEF].*?\S+\.cc:\d+\]|\s*what\(\): ) (.+)$/gm;
  return [...new Set([...text.matchAll(line)].map(([, said]) => said.trim()))];
}
