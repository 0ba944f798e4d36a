import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './setup/build.mjs';
import { inClone } from './setup/environment.mjs';
import { packages } from './setup/packages.mjs';
import { step } from './setup/step.mjs';

// npm run docs: writes docs/api/, a page for each room of the library, from the comments in src/.
await step('npm packages', packages);
await step('build', build);
// Not at the head: it needs TypeDoc, which npm may not have installed yet.
const { reference } = await import('./docs/reference.mjs');
const { pages, faults } = await reference();
const folder = inClone('docs', 'api');
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) rmSync(join(folder, name));
for (const [name, text] of pages) writeFileSync(join(folder, name), text);
console.log(`docs/api: ${pages.size} pages`);
if (faults.length > 0) {
  console.error(`To be mended in src/, or in scripts/docs/reference.mjs:\n${faults.join('\n')}`);
  process.exitCode = 1;
}
