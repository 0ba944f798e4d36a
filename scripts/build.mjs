import { build } from './setup/build.mjs';
import { packages } from './setup/packages.mjs';
import { step } from './setup/step.mjs';

// npm run build: the npm packages and dist/, nothing else.
await step('npm packages', packages);
await step('build', build);
