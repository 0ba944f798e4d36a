import { inClone } from './environment.mjs';
import { run } from './step.mjs';

/** Installs the kernel "TypeScript (SoliReward)" and the extension of JupyterLab into .venv. */
export async function kernelspec() {
  const args = ['kernel', 'install', '--prefix', inClone('.venv')];
  await run(process.execPath, [inClone('dist', 'src', 'cli.js'), ...args], {
    remedy: 'npx solireward kernel install --prefix .venv',
  });
  return 'TypeScript (SoliReward) and the JupyterLab extension in .venv';
}
