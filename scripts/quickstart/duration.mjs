// About how long the quickstart takes on this machine, from some seconds of the same work: prints a line of JSON.
// node scripts/quickstart/duration.mjs CLIPS STEPS FRAMES
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at, say, timed } from '../gpuCheck/dist.mjs';
import { secondsOf } from './secondsOf.mjs';

const [clips, steps, frames] = process.argv.slice(2).map(Number);
/** Clips that are made, and those of them that warm up; steps, of which the first ones read the clips. */
const [made, warmUp, tried] = [96, 32, 8];

const sr = await at('index.js');
await sr.engine.use('auto');
const folder = await mkdtemp(join(tmpdir(), 'quickstart-'));
try {
  const making = await timed(() =>
    sr.data.makeWorld({ clips: made, seed: 1, folder: join(folder, 'world') }),
  );
  const { labels } = sr.data.dawidSkene(making.result.votes);
  const model = await sr.model.tiny({ dimension: 'physics', seed: 1, config: { numSegments: frames } });
  const all = making.result.clips;
  await sr.score.clips(model, all.slice(0, warmUp), { batchSize: 32 });
  const scoring = await timed(() => sr.score.clips(model, all.slice(warmUp), { batchSize: 32 }));
  const { history } = await sr.train.fit(
    model,
    sr.pairing.crossPrompt(labels, { dimension: 'physics', winTie: 0.25, seed: 1 }),
    { trainable: 'decoder+head', steps: tried, batchSize: 16, accumulate: 1, folder: join(folder, 'run') },
  );
  /** @type {number[]} */
  const trained = history.slice(tried / 2).map((/** @type {any} */ { secondsPerStep }) => secondsPerStep);
  const measured = {
    perMade: making.seconds / made,
    perScored: scoring.seconds / (made - warmUp),
    perStep: trained.sort((a, b) => a - b)[Math.floor(trained.length / 2)],
  };
  say(secondsOf(measured, { clips, steps }));
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(0);
