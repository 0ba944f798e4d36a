import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hashOf } from './build.mjs';
import { environment, inClone, venvProgram } from './environment.mjs';
import { run, StepError } from './step.mjs';

const stamp = inClone('.venv', '.installed-from');

/** Makes .venv with JupyterLab and the notebook runner, if it is not there with the pinned versions. */
export async function python() {
  const requirements = hashOf(['requirements.txt']);
  const current = existsSync(stamp) && readFileSync(stamp, 'utf8') === requirements;
  if (current && spawnSync(venvProgram('python'), ['--version']).status === 0)
    return 'as in requirements.txt';
  await makeVenv();
  await pip('-r', 'requirements.txt');
  writeFileSync(stamp, requirements);
  return 'JupyterLab, Notebook, nbclient, nbconvert in .venv';
}

/** Makes .venv, if there is none. */
export async function makeVenv() {
  if (spawnSync(venvProgram('python'), ['-m', 'pip', '--version']).status === 0) return;
  const found = findPython();
  await run(found, ['-m', 'venv', '--clear', '.venv'], { remedy: `${found} -m venv .venv` });
}

/**
 * Installs into .venv: at first without pip's retries, which take minutes when one of several indexes is down.
 * @param {string[]} args
 */
export async function pip(...args) {
  const install = ['-m', 'pip', 'install', '--quiet', '--no-input'];
  const once = run(venvProgram('python'), [...install, '--retries', '0', '--timeout', '5', ...args]);
  await once.catch(() =>
    run(venvProgram('python'), [...install, ...args], {
      remedy: `${venvProgram('python')} -m pip install ${args.join(' ')}`,
    }),
  );
}

/**
 * A Python with venv: one for which TensorFlow is published (3.10 to 3.13) before a newer one.
 * `PYTHON` names another.
 */
function findPython() {
  const names = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
  const found = (process.env.PYTHON ? [process.env.PYTHON] : names).map((name) => ({
    name,
    minor: minorOf(name),
  }));
  const best =
    found.find(({ minor }) => minor >= 10 && minor <= 13) ?? found.find(({ minor }) => minor >= 10);
  if (best) return best.name;
  throw new StepError(
    'no Python 3.10 or newer with the module venv was found',
    'install one (Debian, Ubuntu: apt install python3-venv; macOS, Windows: python.org), or set PYTHON to its path',
  );
}

/**
 * The 11 of Python 3.11; NaN for a program that is no Python 3 with venv.
 * @param {string} program
 */
function minorOf(program) {
  const script = 'import sys, venv, ensurepip; print(sys.version_info[0], sys.version_info[1])';
  const { status, stdout } = spawnSync(program, ['-c', script], { encoding: 'utf8', env: environment });
  const [major, minor] = status === 0 ? stdout.split(' ').map(Number) : [];
  return major === 3 ? minor : Number.NaN;
}
