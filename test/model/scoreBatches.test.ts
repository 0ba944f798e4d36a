import { describe, expect, it } from 'vitest';
import type { Clip } from '../../src/data/clip.js';
import type { ClipInput } from '../../src/model/input/batch.js';
import { batchesOf, type ClipScorer, scoreBatches } from '../../src/model/scoreBatches.js';

const clip = (id: string): Clip => ({ id, path: `${id}.mp4` });
const inputOf = (id: string): ClipInput => ({
  inputIds: new Int32Array(),
  pixels: Buffer.from(id),
  shape: [0, 0, 0],
});

/** Scores a clip by the number in its id; `broken` ones cannot be read. */
function scorer() {
  const together: string[][] = [];
  const model: ClipScorer = {
    config: { llm: { heads: 1 } },
    prompts: { user: '' },
    processor: {
      processMany: async (clips) => ({
        inputs: clips.map(({ id }) => (id.startsWith('broken') ? undefined : inputOf(id))),
        failures: clips
          .filter(({ id }) => id.startsWith('broken'))
          .map((clip) => ({ clip, reason: 'broken' })),
      }),
    },
    rewards: async (inputs) => {
      const ids = inputs.map(({ pixels }) => Buffer.from(pixels as Uint8Array).toString());
      together.push(ids);
      if (ids.includes('7')) throw new Error('OOM when allocating tensor with shape[9,9] and type float');
      return ids.map(Number);
    },
  };
  return { model, together };
}

describe('scoreBatches', () => {
  it('gives each batch its scores and failures, in order', async () => {
    const { model, together } = scorer();
    const clips = ['1', 'broken', '3', 'x', '5'].map(clip);
    const batches = [];
    for await (const { scores, failures } of scoreBatches(model, clips, { batchSize: 2 }))
      batches.push({
        scores: scores.map(({ clip, score }) => [clip.id, score]),
        failures: failures.map(({ clip, reason }) => [clip.id, reason]),
      });
    expect(batches).toEqual([
      { scores: [['1', 1]], failures: [['broken', 'broken']] },
      { scores: [['3', 3]], failures: [['x', 'the model gives NaN']] },
      { scores: [['5', 5]], failures: [] },
    ]);
    expect(together).toEqual([['1'], ['3', 'x'], ['5']]);
  });

  it('continues with the rest where a clip does not fit into the memory', async () => {
    const { model } = scorer();
    const batches = [];
    for await (const batch of scoreBatches(model, ['1', '7', '3'].map(clip))) batches.push(batch);
    expect(batches[0].scores.map(({ clip, score }) => [clip.id, score])).toEqual([
      ['1', 1],
      ['3', 3],
    ]);
    expect(batches[0].failures).toMatchObject([
      { clip: { id: '7' }, reason: expect.stringContaining('which is not free') },
    ]);
  });

  it('asks nothing of the model for a batch that cannot be read', async () => {
    const { model, together } = scorer();
    for await (const { scores } of scoreBatches(model, [clip('broken')])) expect(scores).toEqual([]);
    expect(together).toEqual([]);
  });

  it('stops between batches with the signal', async () => {
    const { model, together } = scorer();
    const stop = new AbortController();
    const scoring = scoreBatches(model, ['1', '2'].map(clip), { batchSize: 1, signal: stop.signal });
    await scoring.next();
    stop.abort(new Error('enough'));
    await expect(scoring.next()).rejects.toThrow('enough');
    expect(together).toEqual([['1']]);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses a batch of %s', (size) => {
    expect(() => batchesOf([1], size)).toThrow(
      `score: expected batchSize to be a positive integer, received ${size}`,
    );
  });
});
