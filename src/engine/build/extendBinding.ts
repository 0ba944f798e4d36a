import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../base/packageRoot.js';

/** The binding's sources; the one file that takes their place includes them. */
const sources = /'sources' : \[[^\]]*\]/;

/**
 * Adds to the C++ sources of the binding what this library needs of TensorFlow's C API and tfjs-node-gpu does not offer:
 * functions (native/binding.cc). Called before each build.
 * @param packageFolder the folder of the package @tensorflow/tfjs-node-gpu.
 * @throws when the package's build is not as it was in version 4.22.
 */
export async function extendBinding(packageFolder: string): Promise<void> {
  await copyFile(join(packageRoot, 'native', 'binding.cc'), join(packageFolder, 'binding', 'functions.cc'));
  const project = join(packageFolder, 'binding.gyp');
  const text = await readFile(project, 'utf8');
  if (!sources.test(text)) throw new Error(`${project}: expected a list of sources, found none`);
  await writeFile(project, text.replace(sources, "'sources' : ['binding/functions.cc']"));
}
