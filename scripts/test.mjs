import { chromium } from './setup/chromium.mjs';
import { inClone } from './setup/environment.mjs';
import { foreground, step } from './setup/step.mjs';
import { setUp } from './setup.mjs';

// npm test [-- options of vitest]: set-up, then every test, with a report in coverage/results.json. What the tests
// reach is measured by npm run coverage: it takes half as much time again.
await setUp({ notebooks: false });
await step('Chromium', chromium, { needed: false });
process.exitCode = await foreground(process.execPath, [
  inClone('node_modules', 'vitest', 'vitest.mjs'),
  'run',
  '--reporter=default',
  '--reporter=json',
  '--outputFile.json=coverage/results.json',
  ...process.argv.slice(2),
]);
