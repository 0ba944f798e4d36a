import { expect, it } from 'vitest';
import { stageOf } from '../../src/model/stages/stage.js';
import { crossPrompt } from '../../src/pairing/crossPrompt.js';
import { PairFeed } from '../../src/train/pairFeed.js';
import { labelsOf } from '../support/labels.js';
import { smallLabels, smallModel } from '../support/smallModel.js';

const options = { dimension: 'physics', seed: 1 };

it('gives the pairs of the stream in order, with their clips and the place after them', async () => {
  const model = await smallModel();
  const stream = () => crossPrompt(smallLabels(10), options);
  const feed = new PairFeed(stream(), stageOf(model, 'all'), 3);
  const batches = [await feed.next(), await feed.next()];
  expect(batches.flatMap(({ pairs }) => pairs)).toEqual(stream().next(6));
  expect(batches.map(({ cursor }) => cursor)).toEqual([3, 6]);
  for (const { pairs, features } of batches) {
    for (const { chosen, rejected } of pairs) {
      expect(features.has(chosen.id) && features.has(rejected.id)).toBe(true);
    }
  }
  model.dispose();
});

it('puts the next pairs in the place of those that cannot be read', async () => {
  const model = await smallModel();
  const labels = labelsOf(
    ['clip-1', 'clip-2', 'broken-3'].flatMap((name) => [
      { clip: `${name}-pass`, pass: true },
      { clip: `${name}-fail`, pass: false },
    ]),
  );
  const stream = () => crossPrompt(labels, options);
  const feed = new PairFeed(stream(), stageOf(model, 'all'), 5);
  const { pairs, cursor } = await feed.next();
  const drawn = stream().next(cursor);
  const readable = drawn.filter(({ chosen, rejected }) => !`${chosen.id} ${rejected.id}`.includes('broken'));
  expect(cursor).toBeGreaterThan(5);
  expect(pairs).toEqual(readable);
  expect(pairs).toHaveLength(5);
  model.dispose();
});

it('refuses to go on with the ties that are left where one side cannot be read', async () => {
  const model = await smallModel();
  const labels = labelsOf([
    ...Array.from({ length: 12 }, (_, i) => ({ clip: `clip-${i}-pass`, pass: true })),
    ...Array.from({ length: 12 }, (_, i) => ({ clip: `broken-${i}-fail`, pass: false })),
  ]);
  const feed = new PairFeed(crossPrompt(labels, options), stageOf(model, 'all'), 2, undefined, 0.75);
  await feed.next();
  await expect(feed.next()).rejects.toThrow(
    /are ties.*\d+ clips are, the first are "broken-\d+-fail": no video stream/,
  );
  model.dispose();
});
