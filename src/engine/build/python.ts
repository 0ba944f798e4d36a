import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { RemedyError, runProgram } from '../../base/runProgram.js';

/**
 * Makes a Python environment in a folder, if there is none that works, and returns its interpreter.
 * `PYTHON` in the environment names the Python to make it with.
 * @throws {RemedyError} when no Python with the module venv is found.
 */
export async function makeVenv(folder: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const python =
    process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  if (spawnSync(python, ['-m', 'pip', '--version'], { env }).status === 0) return python;
  const found = findPython(env);
  await runProgram(found, ['-m', 'venv', '--clear', folder], { env, remedy: `${found} -m venv ${folder}` });
  return python;
}

/** Installs by pip: at first without pip's retries, which take minutes when one of several indexes is down. */
export async function pip(
  python: string,
  args: string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const install = ['-m', 'pip', 'install', '--quiet', '--no-input'];
  try {
    await runProgram(python, [...install, '--retries', '0', '--timeout', '5', ...args], { env });
  } catch {
    await runProgram(python, [...install, ...args], {
      env,
      remedy: `${python} -m pip install ${args.join(' ')}`,
    });
  }
}

/** The folder that the wheel of TensorFlow is unpacked into, found without running TensorFlow's Python. */
export async function sitePackages(python: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const script = 'import importlib.util as u; print(u.find_spec("tensorflow").submodule_search_locations[0])';
  return dirname((await runProgram(python, ['-c', script], { env })).trim());
}

/** A Python with venv: one for which TensorFlow is published (3.10 to 3.13) before a newer one. */
function findPython(env: NodeJS.ProcessEnv): string {
  const names = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
  const found = (env.PYTHON ? [env.PYTHON] : names).map((name) => ({ name, minor: minorOf(name, env) }));
  const best =
    found.find(({ minor }) => minor >= 10 && minor <= 13) ?? found.find(({ minor }) => minor >= 10);
  if (best) return best.name;
  throw new RemedyError(
    'no Python 3.10 or newer with the module venv was found',
    'install one (Debian, Ubuntu: apt install python3-venv; macOS, Windows: python.org), or set PYTHON to its path',
  );
}

/** The 11 of Python 3.11; NaN for a program that is not Python 3 with venv. */
function minorOf(program: string, env: NodeJS.ProcessEnv): number {
  const script = 'import sys, venv, ensurepip; print(sys.version_info[0], sys.version_info[1])';
  const { status, stdout } = spawnSync(program, ['-c', script], { encoding: 'utf8', env });
  const [major, minor] = status === 0 ? stdout.split(' ').map(Number) : [];
  return major === 3 ? minor : Number.NaN;
}
