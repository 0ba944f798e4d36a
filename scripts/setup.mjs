import { build } from './setup/build.mjs';
import { kernelspec } from './setup/kernelspec.mjs';
import { native } from './setup/native.mjs';
import { packages } from './setup/packages.mjs';
import { python } from './setup/python.mjs';
import { step } from './setup/step.mjs';

/**
 * The set-up that every command shares. A second call only looks whether all is there. Everything is written inside
 * the clone.
 * @param {{ notebooks: boolean }} options whether the command cannot continue without Jupyter and the kernel.
 */
export async function setUp({ notebooks }) {
  await step('npm packages', packages);
  await step('build', build);
  await step('Python environment', python, { needed: notebooks });
  await step('native engine', native, { needed: false });
  await step('kernelspec', kernelspec, { needed: notebooks });
}
