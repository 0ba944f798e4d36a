import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../base/packageRoot.js';
import { RemedyError, runProgram } from '../../base/runProgram.js';

const name = '@tensorflow/tfjs-node-gpu';

/**
 * The folder of the package @tensorflow/tfjs-node-gpu. Where npm left it out, because its own download failed, it is
 * installed without that.
 * @throws {RemedyError} when npm cannot install it where this package looks for it.
 */
export async function bindingPackage(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const installed = find();
  if (installed) return installed;
  const { optionalDependencies } = createRequire(import.meta.url)(join(packageRoot, 'package.json'));
  const remedy = 'run this in the folder of your project, where package.json and node_modules are';
  const args = ['install', '--no-save', '--ignore-scripts', `${name}@${optionalDependencies[name]}`];
  await runProgram('npm', args, { env, remedy });
  const folder = find();
  if (folder) return folder;
  throw new RemedyError(`npm has installed ${name} where ${packageRoot} does not see it`, remedy);
}

/** Whether the binding of TensorFlow is there. */
export function hasBinding(): boolean {
  const folder = find();
  return folder !== undefined && existsSync(join(folder, 'lib', 'napi-v8', 'tfjs_binding.node'));
}

function find(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}
