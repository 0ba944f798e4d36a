import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { packageRoot } from '../../src/base/packageRoot.js';

/**
 * What to tell of a project that has a `solireward` of its own: cells use the kernel's, since a kernel runs nothing of a
 * folder before a cell of it does. undefined where there is no other one.
 * @param file of the folder that imports it
 */
export function otherPackage(file: string): string | undefined {
  try {
    const found = createRequire(file).resolve('solireward/package.json');
    const [theirs, ours] = [dirname(realpathSync(found)), realpathSync(packageRoot)];
    if (theirs === ours) return undefined;
    const version = (root: string) => JSON.parse(readFileSync(`${root}/package.json`, 'utf8')).version;
    return (
      `This kernel uses solireward ${version(ours)} of ${ours}, and the project has ${version(theirs)} in ${theirs}. ` +
      'To use that one: npx solireward kernel install, in the project, then restart the kernel.'
    );
  } catch {
    return undefined; // there is none, or none that can be read
  }
}
