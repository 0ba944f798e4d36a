import { existsSync, readFileSync } from 'node:fs';
import { inClone } from './environment.mjs';
import { run, StepError } from './step.mjs';

/** Installs the npm packages from the lock file, if node_modules is not what it says. */
export async function packages() {
  checkNode();
  if (isInstalled()) return 'as in package-lock.json';
  // The npm that runs this: on Windows it is not a program that can be started by its name.
  const npm = process.env.npm_execpath;
  const [program, args] = npm ? [process.execPath, [npm, 'ci']] : ['npm', ['ci']];
  await run(program, args, { remedy: 'npm ci, and look at its first error' });
  return 'installed from package-lock.json';
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new StepError(
    `Node ${process.versions.node} is too old, 20.19 is needed`,
    'install Node 20.19 or newer',
  );
}

/** Compares npm's own record of node_modules with the lock file. Optional packages may be absent. */
function isInstalled() {
  const record = inClone('node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = readPackages(record);
  return Object.entries(readPackages(inClone('package-lock.json'))).every(
    ([path, { version, optional, devOptional }]) =>
      path === '' || installed[path]?.version === version || (!installed[path] && (optional || devOptional)),
  );
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }>}
 */
function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}
