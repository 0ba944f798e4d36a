import { afterEach, describe, expect, it } from 'vitest';
import { compiles } from '../../src/engine/compile.js';
import { tf } from '../../src/engine/tf.js';
import type { Loss } from '../../src/loss/loss.js';
import { winTie } from '../../src/loss/winTie.js';
import type { RewardModel } from '../../src/model/rewardModel.js';
import { crossPrompt } from '../../src/pairing/crossPrompt.js';
import { Estimate, estimate } from '../../src/train/estimate.js';
import { describeEngines } from '../support/engines.js';
import { labelsOf } from '../support/labels.js';
import { smallLabels, smallModel } from '../support/smallModel.js';

let model: RewardModel | undefined;
afterEach(() => {
  model?.dispose();
  model = undefined;
});
const pairs = () => crossPrompt(smallLabels(24), { dimension: 'physics', seed: 1 });
const sum = (sizes: number[]) => sizes.reduce((total, size) => total + size, 0);

await describeEngines('estimate', () => {
  it('counts steps, times them, and changes neither model nor stream', async () => {
    model = await smallModel();
    const weights = () => Promise.all([...model!.weights.values()].map((variable) => variable.data()));
    const before = (await weights()).map((values) => values.slice());
    const stream = pairs();
    stream.next(3);
    const tensors = tf.memory().numTensors;
    const options = { epochs: 2, batchSize: 2, accumulate: 3, learningRate: 1 };
    const found = await estimate(model, stream, options);
    expect(found.steps).toBe(Math.ceil((2 * stream.length) / 6));
    expect(found.secondsPerStep).toBeGreaterThan(0);
    expect(found.hours).toBeCloseTo((found.steps * found.secondsPerStep) / 3600, 12);
    expect(stream.cursor).toBe(3);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(await weights()).toEqual(before);
  });

  it('counts the bytes of weights, gradients and moments, and of what the backward pass keeps', async () => {
    model = await smallModel();
    const bytes = (names: Iterable<string>) =>
      4 * sum([...names].map((name) => model!.weights.get(name)!.size));
    const all = bytes(model.weights.keys());
    const trained = bytes(model.parameters('all'));
    const small = await estimate(model, pairs(), { batchSize: 1 });
    const large = await estimate(model, pairs(), { batchSize: 8 });
    expect(small.memoryBytes).toBeGreaterThan(all + 3 * trained);
    // On `native` it is the process that is counted, whose size says nothing of so small a model.
    if (!compiles()) expect(large.memoryBytes).toBeGreaterThan(small.memoryBytes);
    // Two newest, the best and the one under way, each with weights and two moments.
    expect(small.diskBytes).toBe(4 * (all + 2 * trained));
    const head = await estimate(model, pairs(), { batchSize: 1, trainable: 'head', keep: 1 });
    expect(head.diskBytes).toBe(3 * (all + 2 * bytes(model.parameters('head'))));
  });

  it('counts the sum of the gradients that is held while batches are accumulated', async () => {
    model = await smallModel();
    const trained = 4 * sum(model.parameters('all').map((name) => model!.weights.get(name)!.size));
    const memory = async (accumulate: number) =>
      (await estimate(model!, pairs(), { batchSize: 8, accumulate })).memoryBytes;
    const [one, two, many] = [await memory(1), await memory(2), await memory(40)];
    expect(many).toBeGreaterThan(trained);
    if (compiles()) return; // it is the process that is counted, which other tests share
    expect(two - one).toBeGreaterThanOrEqual(trained);
    expect(many / two).toBeCloseTo(1, 1);
  });
});

describe('estimate', () => {
  it.each([
    [1200, 3.21, 5.4 * 2 ** 30, 15e9, '1,200 steps of 3.2 s: 1.1 hours, 5.4 GiB', '14.0 GiB'],
    [30, 0.5, 2 ** 20, 3 * 2 ** 20, '30 steps of 0.50 s: 0.25 minutes, 1.00 MiB', '3.00 MiB'],
  ])('is one line: %i steps', (steps, seconds, memory, disk, start, end) => {
    const line = String(new Estimate(steps, seconds, memory, disk));
    expect(line).toBe(`${start} of memory for tensors, ${end} of disk for checkpoints`);
  });

  it('refuses what fit refuses, and leaves the engine as it was', async () => {
    model = await smallModel();
    await expect(estimate(model, pairs(), { accumulate: 0 })).rejects.toThrow(
      'expected accumulate to be a positive integer, received 0',
    );
    const unread = labelsOf([
      { clip: 'broken-1', pass: true },
      { clip: 'broken-2', pass: false },
    ]);
    await expect(
      estimate(model, crossPrompt(unread, { dimension: 'physics', winTie: 0, seed: 1 }), {}),
    ).rejects.toThrow('no video stream');
    const notANumber: Loss = (...batch) => {
      const value = winTie()(...batch);
      return { ...value, loss: tf.mul(value.loss, Number.NaN) };
    };
    await expect(estimate(model, pairs(), { loss: notANumber })).rejects.toThrow('the loss is NaN');
    expect(tf.engine().state.profiling).toBe(false);
  });
});
