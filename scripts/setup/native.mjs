import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { environment, venvProgram } from './environment.mjs';
import { makeVenv, pip } from './python.mjs';
import { run, StepError } from './step.mjs';

const cost = 'it goes on with WebAssembly: training is about 40 times slower';

/** Makes the native (or cuda) engine work: npm's prebuilt library, or the binding built against pip's TensorFlow. */
export async function native() {
  const nvidia = spawnSync('nvidia-smi', ['-L'], { stdio: 'ignore' }).status === 0;
  let library = await load();
  if (!library || (nvidia && !library.gpu)) {
    checkCompiler();
    await bind(nvidia ? 'requirements-cuda.txt' : 'requirements-tensorflow.txt');
    library = await load();
  }
  if (!library)
    throw new StepError(`the binding was built but does not load; ${cost}`, 'npx solireward doctor');
  return `TensorFlow ${library.version} on the ${library.gpu ? 'GPU' : 'CPU'}`;
}

/**
 * Loads the library in a process of its own.
 * @returns {Promise<{ version: string, gpu: boolean } | null>}
 */
async function load() {
  const url = JSON.stringify(new URL('../../dist/src/engine/native.js', import.meta.url).href);
  const script = `import(${url}).then(({ loadNative }) => console.log('\\n' + JSON.stringify(loadNative())))`;
  const { status, stdout } = spawnSync(process.execPath, ['-e', script], {
    encoding: 'utf8',
    env: environment,
  });
  return status === 0 ? JSON.parse(stdout.trim().split('\n').pop() ?? 'null') : null;
}

function checkCompiler() {
  if (process.platform !== 'linux') {
    throw new StepError(`the library is built on Linux only; ${cost}`, 'on Windows, use WSL 2');
  }
  for (const program of ['g++', 'make']) {
    if (spawnSync(program, ['--version'], { stdio: 'ignore' }).error) {
      throw new StepError(
        `${program} is missing; ${cost}`,
        'install a C++ compiler (Debian, Ubuntu: apt install g++ make) and run this again',
      );
    }
  }
}

/**
 * Builds the binding of tfjs-node-gpu, which calls TensorFlow's plain C API, against the TensorFlow of a wheel.
 * @param {string} requirements
 */
async function bind(requirements) {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
  await makeVenv();
  await pip('--no-deps', '-r', requirements);
  link(join(folder, 'deps'), await sitePackages());
  const nodePreGyp = createRequire(join(folder, 'package.json')).resolve(
    '@mapbox/node-pre-gyp/bin/node-pre-gyp',
  );
  await run(process.execPath, [nodePreGyp, 'install', '--build-from-source'], { cwd: folder });
}

/**
 * Fills the package's deps/ with links to the wheel's headers and libraries, under the names that the binding asks
 * for; and to the CUDA libraries of the other wheels, which TensorFlow looks for relative to its own place.
 * @param {string} deps
 * @param {string} site
 */
function link(deps, site) {
  const wheel = join(site, 'tensorflow');
  const lib = join(deps, 'lib');
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(lib, { recursive: true });
  symlinkSync(join(wheel, 'include'), join(deps, 'include'));
  symlinkSync(join(wheel, 'libtensorflow_cc.so.2'), join(lib, 'libtensorflow.so'));
  symlinkSync(join(wheel, 'libtensorflow_cc.so.2'), join(lib, 'libtensorflow_cc.so.2'));
  symlinkSync(join(wheel, 'libtensorflow_framework.so.2'), join(lib, 'libtensorflow_framework.so'));
  symlinkSync(join(wheel, 'libtensorflow_framework.so.2'), join(lib, 'libtensorflow_framework.so.2'));
  if (existsSync(join(site, 'nvidia'))) symlinkSync(join(site, 'nvidia'), join(deps, 'nvidia'));
}

/** The folder of .venv that wheels are unpacked into. */
async function sitePackages() {
  const script = 'import sysconfig; print(sysconfig.get_path("platlib"))';
  return (await run(venvProgram('python'), ['-c', script])).trim();
}
