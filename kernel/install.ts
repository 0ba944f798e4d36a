import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Installs the kernelspec *TypeScript (SoliReward)* into `prefix`/share/jupyter/kernels/solireward, with absolute
 * paths, so that it starts wherever Jupyter is started.
 * @returns the folder of the kernelspec
 */
export function installKernelspec({ prefix }: { prefix: string }): string {
  const folder = resolve(prefix, 'share', 'jupyter', 'kernels', 'solireward');
  const main = fileURLToPath(new URL('./main.js', import.meta.url));
  const spec = {
    argv: [process.execPath, '--disable-warning=ExperimentalWarning', main, '{connection_file}'],
    display_name: 'TypeScript (SoliReward)',
    language: 'typescript',
    interrupt_mode: 'message',
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'kernel.json'), `${JSON.stringify(spec, null, 2)}\n`);
  return folder;
}
