import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../src/base/packageRoot.js';
import { nodeFlags } from './nodeFlags.js';

/**
 * Installs the kernelspec *TypeScript (SoliReward)* into `prefix`/share/jupyter/kernels/solireward, with absolute
 * paths, so that it starts wherever Jupyter is started, and its logo.
 * @returns the folder of the kernelspec
 */
export function installKernelspec({ prefix }: { prefix: string }): string {
  const folder = resolve(prefix, 'share', 'jupyter', 'kernels', 'solireward');
  const main = fileURLToPath(new URL('./main.js', import.meta.url));
  const spec = {
    argv: [process.execPath, ...nodeFlags, main, '{connection_file}'],
    display_name: 'TypeScript (SoliReward)',
    language: 'typescript',
    interrupt_mode: 'message',
    // Has JupyterLab offer its panel of variables.
    metadata: { debugger: true },
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'kernel.json'), json(spec));
  // The picture in JupyterLab's launcher; Notebook 7 takes the PNG files.
  cpSync(join(packageRoot, 'assets', 'logo'), folder, { recursive: true });
  return folder;
}

/**
 * Installs the extension of JupyterLab 4 and Notebook 7, with plotly, into
 * `prefix`/share/jupyter/labextensions/solireward. It is built already: JupyterLab loads it as it is.
 * @returns the folder of the extension
 * @throws {Error} ENOENT where the package was not built
 */
export function installLabextension({ prefix }: { prefix: string }): string {
  const folder = resolve(prefix, 'share', 'jupyter', 'labextensions', 'solireward');
  const packageFile = createRequire(import.meta.url).resolve('solireward/package.json');
  const { name, version, description, license } = JSON.parse(readFileSync(packageFile, 'utf8'));
  const built = join(dirname(packageFile), 'dist');
  const _build = { load: 'static/container.js', mimeExtension: './extension' };
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(built, 'kernel', 'labextension'), join(folder, 'static'), { recursive: true });
  cpSync(join(built, 'plotly.min.js'), join(folder, 'static', 'plotly.min.js'));
  writeFileSync(
    join(folder, 'package.json'),
    json({ name, version, description, license, jupyterlab: { mimeExtension: true, _build } }),
  );
  // What `jupyter labextension uninstall` shows.
  const uninstall = `Delete the folder ${folder}`;
  writeFileSync(
    join(folder, 'install.json'),
    json({ packageManager: 'npm', packageName: name, uninstallInstructions: uninstall }),
  );
  return folder;
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
