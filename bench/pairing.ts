// The pairing stream over 250,000 clips: time to the first batch, pairs a second, memory after each million of pairs.
// npx vite-node bench/pairing.ts
import { table } from 'arquero';
import { crossPrompt } from '../src/pairing/crossPrompt.js';

const clips = 250_000;
const ids = Array.from({ length: clips }, (_, i) => `clip-${i}`);
const labels = table({
  clip: ids,
  dimension: ids.map(() => 'physics'),
  pass: ids.map((_, i) => i % 5 < 2),
  confidence: ids.map(() => 1),
  path: ids.map((id) => `clips/${id}.mp4`),
  promptId: ids.map((_, i) => `prompt-${i % 50_000}`),
});

const start = performance.now();
const stream = crossPrompt(labels, { dimension: 'physics', seed: 1 });
stream.next(16);
console.log(`${clips} clips, first batch after ${((performance.now() - start) / 1000).toFixed(2)} s`);

for (let million = 1; million <= 3; million++) {
  const from = performance.now();
  for (let batch = 0; batch < 62_500; batch++) stream.next(16);
  const seconds = (performance.now() - from) / 1000;
  globalThis.gc?.();
  const heap = process.memoryUsage().heapUsed / 2 ** 20;
  console.log(
    `${million} million pairs: ${(1 / seconds).toFixed(2)} million a second, heap ${heap.toFixed(0)} MiB`,
  );
}
