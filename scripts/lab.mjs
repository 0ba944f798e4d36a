import { inClone, venvProgram } from './setup/environment.mjs';
import { foreground } from './setup/step.mjs';
import { setUp } from './setup.mjs';

// npm run lab [-- options of jupyter lab]: JupyterLab on notebooks/, with all its files inside the clone.
await setUp({ notebooks: true });
const options = process.getuid?.() === 0 ? ['--allow-root'] : []; // JupyterLab refuses root without it
process.exitCode = await foreground(venvProgram('python'), [
  '-m',
  'jupyterlab',
  inClone('notebooks'),
  ...options,
  ...process.argv.slice(2),
]);
