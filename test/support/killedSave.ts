// The child of checkpoint.test.ts: saves to the folder of its first argument, and dies when half of the weights are there.
import { writeFile } from 'node:fs/promises';
import { writeCheckpoint } from '../../src/model/weights/checkpoint.js';

await writeCheckpoint(process.argv[2], {
  config: {},
  trainingConfig: {},
  card: { prompts: { user: 'U' } },
  tokenizer: new Map(),
  weights: async (path) => {
    await writeFile(path, 'half');
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => {});
  },
});
