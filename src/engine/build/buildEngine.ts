import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { packageRoot } from '../../base/packageRoot.js';
import { RemedyError, runProgram } from '../../base/runProgram.js';
import type { EngineCheck } from '../check.js';
import { hasNvidiaDriver } from '../nvidia.js';
import { bindingPackage } from './bindingPackage.js';
import { extendBinding } from './extendBinding.js';
import { linkLibraries } from './linkLibraries.js';
import { makeVenv, pip, sitePackages } from './python.js';
import { selfTest } from './selfTest.js';

export interface BuildOptions {
  /** Take TensorFlow's library with CUDA. Default: where a driver of NVIDIA answers. */
  cuda?: boolean;
  /** The Python whose environment the wheels are installed into. Default: that of ./.venv, which is made if absent. */
  python?: string;
  env?: NodeJS.ProcessEnv;
  /** Told what is being done. */
  say?: (line: string) => void;
}

/**
 * Makes the native or the cuda engine: installs pip's TensorFlow (1.3 GB on disk, with CUDA 6), builds the binding of
 * tfjs-node-gpu, which calls TensorFlow's plain C API, against it, and checks a product and a gradient.
 * @returns the check of the engine: of `cuda` where a driver answers, else of `native`.
 * @throws {RemedyError} with the reason and what to do, when a step fails.
 */
export async function buildEngine({
  cuda = hasNvidiaDriver(),
  python,
  env = process.env,
  say = () => {},
}: BuildOptions = {}): Promise<EngineCheck> {
  checkTools(env);
  const folder = await bindingPackage(env);
  const interpreter = python ?? (await makeVenv(resolve('.venv'), env));
  const requirements = join(packageRoot, cuda ? 'requirements-cuda.txt' : 'requirements-tensorflow.txt');
  say(`installing TensorFlow ${cuda ? 'with CUDA' : 'for the CPU'} by ${interpreter} -m pip`);
  await pip(interpreter, ['--no-deps', '-r', requirements], env);
  linkLibraries(join(folder, 'deps'), await sitePackages(interpreter, env));
  say(`building the binding in ${folder}`);
  await extendBinding(folder);
  await compile(folder, { ...env, ...headers(), npm_config_python: interpreter });
  say('checking it');
  return await selfTest(cuda && hasNvidiaDriver() ? 'cuda' : 'native', env);
}

async function compile(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const require = createRequire(join(folder, 'package.json'));
  const nodePreGyp = require.resolve('@mapbox/node-pre-gyp/bin/node-pre-gyp');
  const args = [nodePreGyp, 'install', '--build-from-source'];
  await runProgram(process.execPath, args, { env, cwd: folder });
}

/** Node's headers, where they lie beside it, spare node-gyp a download. */
function headers(): NodeJS.ProcessEnv {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? { npm_config_nodedir: prefix } : {};
}

function checkTools(env: NodeJS.ProcessEnv): void {
  if (process.platform !== 'linux')
    throw new RemedyError('the binding is built on Linux only', 'on Windows, use WSL 2');
  for (const program of ['g++', 'make']) {
    if (spawnSync(program, ['--version'], { stdio: 'ignore', env }).error) {
      throw new RemedyError(
        `${program} is missing`,
        'install a C++ compiler (Debian, Ubuntu: apt install g++ make) and run this again',
      );
    }
  }
}
