// A file of votes to pairs: majority labels, cross-prompt pairs with a quarter of win-ties, looked at in batches of 16.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { at } from '../../scripts/gpuCheck/dist.mjs';
import { serve, settings } from './side.mjs';

const { readVotes } = await at('data/votes/votes.js');
const { aggregate } = await at('data/votes/aggregate.js');
const { crossPrompt } = await at('pairing/crossPrompt.js');

const { folder, clips, pairs } = settings;
const file = join(folder, 'votes.csv');
const lines = ['clip,annotator,dimension,pass,path,promptId'];
for (let i = 0; i < clips; i++)
  lines.push(`clip-${i},ann-${i % 7},physics,${i % 5 < 2},clips/${i}.mp4,prompt-${i % Math.ceil(clips / 5)}`);
writeFileSync(file, lines.join('\n'));
lines.length = 0;

await serve({
  async pair() {
    const labels = aggregate(await readVotes(file), { method: 'majority' });
    const stream = crossPrompt(labels, { dimension: 'physics', winTie: 0.25, seed: 1 });
    /** @type {Record<string, number>} */
    const kinds = { 'win-lose': 0, 'win-tie': 0 };
    let characters = 0;
    for (let at = 0; at < pairs; at += 16) {
      for (const { chosen, rejected, kind } of stream.next(Math.min(16, pairs - at))) {
        kinds[kind]++;
        characters += Math.sign(chosen.path.length + rejected.path.length);
      }
    }
    return { values: [labels.numRows(), kinds['win-lose'], kinds['win-tie'], characters] };
  },
});
