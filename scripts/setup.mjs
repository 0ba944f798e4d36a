import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './setup/build.mjs';
import { kernelspec } from './setup/kernelspec.mjs';
import { native } from './setup/native.mjs';
import { packages } from './setup/packages.mjs';
import { python } from './setup/python.mjs';
import { step } from './setup/step.mjs';

/**
 * The set-up that every command shares. A second call only looks whether all is there. Everything is written inside
 * the clone.
 * @param {{ notebooks: boolean, engine?: string }} options `notebooks`: whether the command cannot continue without Jupyter and the
 *   kernel; `engine`: `native` or `cuda`, without which it cannot continue either, `cuda` also where no GPU answers yet.
 */
export async function setUp({ notebooks, engine }) {
  await step('npm packages', packages);
  await step('build', build);
  await step('Python environment', python, { needed: notebooks });
  await step('native engine', () => native({ cuda: engine === 'cuda' }), { needed: engine !== undefined });
  await step('kernelspec', kernelspec, { needed: notebooks });
}

// npm run setup [-- --engine native|cuda]: the set-up alone, as an image and a Binder do it.
if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({ options: { engine: { type: 'string' } } });
  if (values.engine && !['native', 'cuda'].includes(values.engine)) {
    console.error(`setup: --engine takes native or cuda, received '${values.engine}'`);
    process.exit(2);
  }
  await setUp({ notebooks: true, ...values });
}
