import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the clone. */
export const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** A path inside the clone. */
export const inClone = (/** @type {string[]} */ ...parts) => join(root, ...parts);

/**
 * A program of the Python environment.
 * @param {string} name
 * @param {NodeJS.Platform} platform
 */
export const venvProgram = (name, platform = process.platform) =>
  platform === 'win32' ? inClone('.venv', 'Scripts', `${name}.exe`) : inClone('.venv', 'bin', name);

/**
 * Environment of every child process: what npm, pip, Jupyter and node-gyp would write to the home folder
 * goes into the clone.
 * @type {NodeJS.ProcessEnv}
 */
export const environment = {
  ...process.env,
  npm_config_cache: inClone('.cache', 'npm'),
  npm_config_devdir: inClone('.cache', 'node-gyp'),
  PIP_NO_CACHE_DIR: '1',
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
  PLAYWRIGHT_BROWSERS_PATH: inClone('.cache', 'playwright'),
  XDG_CACHE_HOME: inClone('.cache'),
  JUPYTER_CONFIG_DIR: inClone('.jupyter', 'config'),
  JUPYTER_DATA_DIR: inClone('.jupyter', 'data'),
  JUPYTER_RUNTIME_DIR: inClone('.jupyter', 'runtime'),
  IPYTHONDIR: inClone('.jupyter', 'ipython'),
  JUPYTER_PREFER_ENV_PATH: '1',
};

// IPython, which nbconvert loads, takes a folder in the home folder when this one is missing.
mkdirSync(inClone('.jupyter', 'ipython'), { recursive: true });
