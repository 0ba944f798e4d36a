import { existsSync } from 'node:fs';
import { build } from './setup/build.mjs';
import { inClone } from './setup/environment.mjs';
import { native } from './setup/native.mjs';
import { packages } from './setup/packages.mjs';
import { step } from './setup/step.mjs';

const binding = inClone(
  'node_modules',
  '@tensorflow',
  'tfjs-node-gpu',
  'lib',
  'napi-v8',
  'tfjs_binding.node',
);

// npm run build: the npm packages and dist/, nothing else.
const wasBound = existsSync(binding);
await step('npm packages', packages);
await step('build', build);
// npm has taken the native engine away with the old packages.
if (wasBound && !existsSync(binding)) await step('native engine', native, { needed: false });
