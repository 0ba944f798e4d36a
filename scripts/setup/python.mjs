import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fromDist, hashOf } from './build.mjs';
import { environment, inClone, venvProgram } from './environment.mjs';

const stamp = inClone('.venv', '.installed-from');

/** Makes .venv with JupyterLab and the notebook runner, if it is not there with the pinned versions. */
export async function python() {
  const requirements = hashOf(['requirements.txt']);
  const current = existsSync(stamp) && readFileSync(stamp, 'utf8') === requirements;
  if (current && spawnSync(venvProgram('python'), ['--version']).status === 0)
    return 'as in requirements.txt';
  const { makeVenv, pip } = await fromDist('engine/build/python.js');
  await pip(await makeVenv(inClone('.venv'), environment), ['-r', inClone('requirements.txt')], environment);
  writeFileSync(stamp, requirements);
  return 'JupyterLab, Notebook, nbclient, nbconvert, ffmpeg in .venv';
}
