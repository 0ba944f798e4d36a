import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inClone } from '../setup/environment.mjs';
import { run, StepError } from '../setup/step.mjs';

/**
 * Does in a fresh clone what Binder does once its packages are there: runs .binder/postBuild, with a prefix of its own for the
 * kernel, and a notebook with the kernel that it has installed.
 */
export async function binder() {
  const place = mkdtempSync(join(tmpdir(), 'solireward-binder-'));
  try {
    const clone = join(place, 'clone');
    await run('git', ['clone', '--quiet', inClone(), clone]);
    const prefix = join(place, 'prefix');
    const { VIRTUAL_ENV: _, ...rest } = process.env;
    const env = { ...rest, HOME: join(place, 'home'), NB_PYTHON_PREFIX: prefix };
    await run(join(clone, '.binder', 'postBuild'), [], { cwd: clone, env });
    const installed = join(prefix, 'share', 'jupyter');
    for (const part of ['kernels/solireward/kernel.json', 'labextensions/solireward/package.json'])
      if (!existsSync(join(installed, part)))
        throw new StepError(`postBuild has not made ${part}`, 'look at .binder/postBuild');
    const notebook = ['scripts/runNotebook.py', 'test/scripts/small.ipynb', join(place, 'small')];
    await run(join(clone, '.venv', 'bin', 'python'), notebook, {
      cwd: clone,
      env: {
        ...env,
        IPYTHONDIR: place,
        JUPYTER_PATH: installed,
        SOLIREWARD_RUN_FOLDER: join(place, 'small'),
      },
    });
    return 'postBuild has made the kernel, and a notebook runs';
  } finally {
    rmSync(place, { recursive: true });
  }
}
