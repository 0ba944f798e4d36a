// The child of resume.test.ts: trains a small model in the folder of its first argument, printing each step.
import { use } from '../../src/engine/use.js';
import { crossPrompt } from '../../src/pairing/crossPrompt.js';
import { fit } from '../../src/train/fit.js';
import { smallLabels, smallModel } from './smallModel.js';

await use('native');
const pairs = crossPrompt(smallLabels(24), { dimension: 'physics', seed: 1 });
const run = await fit(await smallModel(), pairs, {
  folder: process.argv[2],
  trainable: 'decoder+head',
  steps: 16,
  batchSize: 8,
  accumulate: 2,
  learningRate: 3e-3,
  schedule: 'cosine',
  evaluate: smallLabels(10, 'other'),
  evaluateEvery: 4,
  saveEvery: 3,
  onProgress: ({ step }) => process.stdout.write(`step ${step}\n`),
});
process.stdout.write(`${run.status}\n`);
