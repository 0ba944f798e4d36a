import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fromDist, hashOf } from './build.mjs';
import { environment, inClone } from './environment.mjs';

const stamp = inClone('.venv', '.peers-installed-from');

/** Puts what we are measured beside into .venv, if it is not there in the pinned versions. */
export async function peers() {
  const requirements = hashOf(['requirements-bench.txt']);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === requirements)
    return 'as in requirements-bench.txt';
  const { makeVenv, pip } = await fromDist('engine/build/python.js');
  const venv = await makeVenv(inClone('.venv'), environment);
  await pip(venv, ['-r', inClone('requirements-bench.txt')], environment);
  writeFileSync(stamp, requirements);
  return 'PyTorch, transformers, PyAV, pandas, scipy, scikit-learn in .venv';
}
