import { stat } from 'node:fs/promises';
import { checkpoints } from './checkpoints.js';
import { Fixtures } from './fixtures.js';
import { heads } from './heads.js';
import { losses } from './losses.js';
import { guarded, type Item } from './measure.js';
import { metrics } from './metrics.js';
import { preprocess } from './preprocess.js';
import { training } from './training.js';

/** What a folder of fixtures may hold, by the file or folder that it begins with. */
const parts: [name: string, items: (fixtures: Fixtures) => AsyncIterable<Item>][] = [
  ['losses.json', losses],
  ['heads', heads],
  ['checkpoints', checkpoints],
  ['preprocess', preprocess],
  ['metrics.json', metrics],
  ['training', training],
];

/**
 * Compares what the engine in use computes with a folder of fixtures, item by item. A part that the folder does not have
 * is left out; one that is damaged is an item with its reason and an infinite error.
 * @throws when the folder has none of the parts.
 */
export async function* verify(folder: string): AsyncGenerator<Item> {
  const fixtures = new Fixtures(folder);
  let found = 0;
  for (const [name, items] of parts) {
    if (!(await stat(fixtures.path(name)).catch(() => undefined))) continue;
    found++;
    yield* guarded(name, () => items(fixtures));
  }
  if (found === 0) {
    const names = parts.map(([name]) => name).join(', ');
    throw new Error(`verify: ${folder} holds no fixtures: none of ${names}`);
  }
}
