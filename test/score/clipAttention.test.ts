import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Tensor, type Tensor2D, tf } from '../../src/engine/tf.js';
import type { ClipInput } from '../../src/model/input/batch.js';
import { load } from '../../src/model/load.js';
import type { RewardModel } from '../../src/model/rewardModel.js';
import { parameter } from '../../src/model/weights/weights.js';
import { attention } from '../../src/score/clipAttention.js';
import { makeClips } from '../support/clips.js';
import { describeEngines } from '../support/engines.js';
import { goldenPath } from '../support/goldenFolder.js';
import { smallModel } from '../support/smallModel.js';

const clips = ['pass-1', 'fail-2'].map((id) => ({ id, path: `${id}.mp4` }));

/** Shares of a query over tokens, [heads][tokens] averaged to [tokens], by keys written out as PyTorch does. */
async function sharesOf(
  model: RewardModel,
  name: string,
  query: Tensor,
  sequence: Tensor,
): Promise<number[]> {
  const width = model.config.llm.hiddenSize;
  const packed = parameter(model.weights, `${name}.in_proj_weight`) as Tensor as Tensor2D;
  const bias = parameter(model.weights, `${name}.in_proj_bias`) as Tensor;
  const project = (x: Tensor, part: number) =>
    tf.add(
      tf.matMul(tf.reshape(x, [-1, width]), tf.slice(packed, [part * width, 0], [width, width]), false, true),
      tf.slice(bias, [part * width], [width]),
    );
  const [q] = (await project(query, 0).array()) as number[][];
  const keys = (await project(sequence, 1).array()) as number[][];
  const size = width / 8;
  const mean = keys.map(() => 0);
  for (let head = 0; head < 8; head++) {
    const scores = keys.map((key) => {
      let score = 0;
      for (let i = head * size; i < (head + 1) * size; i++) score += (q[i] * key[i]) / Math.sqrt(size);
      return Math.exp(score);
    });
    const sum = scores.reduce((total, value) => total + value, 0);
    scores.forEach((value, token) => {
      mean[token] += value / sum / 8;
    });
  }
  return mean;
}

await describeEngines('attention', () => {
  it('is the shares of the queries over the tokens of each frame', async () => {
    const model = await smallModel();
    const [first, second] = await attention(model, clips);
    expect(first.readings.map(({ query }) => query)).toEqual([
      'attention_query_first_layer.attention.0',
      'attention_query_other_layers.0',
      'attention_query_final_layer.attention.0',
    ]);

    const { inputs } = await model.processor.processMany([clips[1]], model.prompts);
    const batch = model.processor.collate(inputs as ClipInput[]);
    const states = model.decode(batch.inputIds, batch.attentionMask, model.encodeVision(batch.pixelValues));
    const expected = [];
    for (const [name, table, state] of [
      ['attention_query_first_layer.attention.0', 'attention_query_first_layer', states[1]],
      ['attention_query_final_layer.attention.0', 'attention_query_final_layer', states[2]],
    ] as const) {
      const query = parameter(model.weights, `${table}.query.weight`) as Tensor;
      expected.push(await sharesOf(model, name, query, state));
    }
    // The tokens are [text, frame 1, frame 2, text, text].
    for (const [reading, shares] of [
      [second.readings[0], expected[0]],
      [second.readings[2], expected[1]],
    ] as const) {
      expect(reading.frames).toBeAllclose(shares.slice(1, 3), { rtol: 1e-4 });
      expect(reading.text).toBeCloseTo(shares[0] + shares[3] + shares[4], 5);
    }
    const mean = [0, 1].map(
      (frame) => second.readings.reduce((sum, { frames }) => sum + frames[frame], 0) / 3,
    );
    expect(second.frames).toBeAllclose(mean, { rtol: 1e-6 });
    expect(second.maps).toEqual(second.frames.map((value) => [[value]]));
    expect(first.frames).not.toEqual(second.frames);
    model.dispose();
  });

  it('keeps no tensor', async () => {
    const model = await smallModel();
    await attention(model, clips);
    const before = tf.memory().numTensors;
    await attention(model, clips);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it('names the clip that cannot be read, or has no path', async () => {
    const model = await smallModel();
    await expect(attention(model, [{ id: 'broken-1', path: 'x.mp4' }])).rejects.toThrow(
      'attention: clip "broken-1": no video stream',
    );
    await expect(attention(model, [{ clip: 'a' }])).rejects.toThrow('attention: clip "a" has no path');
    model.dispose();
  });

  it('of a head without queries is how much the reward depends on each frame', async () => {
    for (const reduceSequence of ['meanpool', 'maxpool', 'last_token_hidden_state', 'good_token'] as const) {
      const model = await smallModel();
      Object.assign(model.config, { reduceSequence });
      const before = tf.memory().numTensors;
      const [found] = await attention(model, [{ clip: 'pass-1', path: 'pass-1.mp4' }]);
      expect(tf.memory().numTensors).toBe(before);
      expect(found.readings).toMatchObject([{ query: 'gradient', text: 0 }]);
      expect(found.frames[0] + found.frames[1]).toBeCloseTo(1, 5);
      // The same by differences: tokens that are a little larger change the reward by gradient · token.
      const { inputs } = await model.processor.processMany([clips[0]], model.prompts);
      const { inputIds, attentionMask, pixelValues } = model.processor.collate(inputs as ClipInput[]);
      const visual = await model.encodeVision(pixelValues).array();
      const rewardOf = async (scales: number[]) => {
        const scaled = tf.tensor2d(visual.map((row, i) => row.map((value) => value * scales[i])));
        const states = model.decode(inputIds, attentionMask, scaled);
        return (await model.head.reward(states, attentionMask).data())[0];
      };
      const change = async (frame: number) => {
        const step = (by: number) => rewardOf([0, 1].map((i) => (i === frame ? 1 + by : 1)));
        return Math.abs((await step(0.01)) - (await step(-0.01)));
      };
      const [first, second] = [await change(0), await change(1)];
      expect(found.frames[0]).toBeCloseTo(first / (first + second), 1);
      model.dispose();
    }
  });
});

describe('attention of the official models', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'attention-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(['internvl3-tiny', 'qwen2_5_vl-tiny'])(
    '%s: the shares of frames and text add up, and so do the maps',
    async (name) => {
      // Few, small frames of the family that takes as many as there are.
      const frames = name.startsWith('qwen')
        ? { maxFrames: 4, minPixels: 28 ** 2, maxPixels: 8 * 28 ** 2 }
        : {};
      const model = await load(goldenPath('checkpoints', name), { frames });
      const [found] = await attention(model, await makeClips(folder, 1));
      expect(found.frames.length).toBeGreaterThan(1);
      expect(found.readings.length).toBe(model.config.layers.length + 1);
      for (const reading of found.readings) {
        expect(reading.frames.reduce((sum, share) => sum + share, reading.text)).toBeCloseTo(1, 5);
        expect(reading.text).toBeGreaterThan(0);
      }
      found.maps!.forEach((map, frame) => {
        expect(map.flat().reduce((sum, share) => sum + share, 0)).toBeCloseTo(found.frames[frame], 6);
      });
      model.dispose();
    },
  );
});
