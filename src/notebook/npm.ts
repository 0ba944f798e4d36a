import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CommandOptions, type CommandResult, runCommand } from './command.js';

/**
 * Installs npm packages for the notebook, into the nearest folder that has a package.json or node_modules, or into the
 * notebook's own, and shows npm's output meanwhile: `await npm('d3-array')`. The next cell can import them, with types.
 * @param packages names, with a version or range where wanted: `d3-array@3`; or paths of folders and tarballs
 * @throws TypeError for what is not a package; Error with the command and its exit code when npm fails
 */
export async function npm(
  packages: string | readonly string[],
  options?: CommandOptions,
): Promise<CommandResult> {
  const names = typeof packages === 'string' ? [packages] : packages;
  if (names.length === 0) throw new TypeError('npm: expected the name of a package, received none');
  for (const name of names)
    if (typeof name !== 'string' || !/^[^\s-]\S*$/.test(name))
      throw new TypeError(`npm: expected the name of a package, received ${JSON.stringify(name)}`);
  // Not the level of the npm that may have started Jupyter (npm run --silent lab).
  const args = ['install', '--loglevel=notice', '--no-audit', '--no-fund', '--', ...names];
  // The npm of this Node, which need not be on the PATH of a notebook.
  const folder = dirname(process.execPath);
  const title = `npm: "npm install ${names.join(' ')}"`;
  const script = join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js'); // on Windows, where npm is not a program
  if (existsSync(script)) return runCommand(title, process.execPath, [script, ...args], options);
  const beside = join(folder, 'npm');
  return runCommand(title, existsSync(beside) ? beside : 'npm', args, options);
}
