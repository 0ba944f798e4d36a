import { expect, it } from 'vitest';
import { type Tensor, type Tensor1D, tf } from '../../src/engine/tf.js';
import { combined } from '../../src/loss/combined.js';
import { variableOf } from '../../src/model/weights/safetensors.js';
import { AdamW } from '../../src/train/adamw.js';
import { type MicroBatch, NonFiniteError, TrainStep } from '../../src/train/trainStep.js';
import { describeAllEngines } from '../support/engines.js';

const features = [
  [1, 2],
  [0.5, -1],
  [-1, 0.25],
  [2, 2],
];

/** A linear reward w · x of two pairs, the second a tie. */
function setUp() {
  const parameters = new Map([['w', variableOf(new Float32Array([0.5, -0.25]), [2])]]);
  const inputs = tf.tensor(features);
  const one = tf.tensor1d([1, 1]);
  const tie = tf.tensor1d([0, 1]);
  const batch: MicroBatch = { inputs: [inputs], tie, labels: { chosen: one, rejected: tie } };
  const scorer = {
    rewards: ([x]: readonly Tensor[]) =>
      tf.reshape(tf.matMul(x as Tensor, tf.reshape(parameters.get('w')!, [2, 1])), [-1]) as Tensor1D,
    variables: () => parameters.values(),
  };
  const dispose = () => tf.dispose([...parameters.values(), inputs, one, tie]);
  return { parameters, batch, scorer, dispose };
}

const sp = (x: number) => Math.log1p(Math.exp(x));
const lossAt = (w: number[]) => {
  const [a, b, c, d] = features.map((x) => x[0] * w[0] + x[1] * w[1]);
  return (sp(1 - (a - c)) + sp(1 - (b - d)) + sp(1 + (b - d))) / 2;
};
const slopes = (w: number[]) =>
  w.map((_, i) => {
    const [up, down] = [1e-5, -1e-5].map((by) => lossAt(w.map((value, j) => value + (i === j ? by : 0))));
    return (up - down) / 2e-5;
  });

await describeAllEngines('trainStep', () => {
  const loss = combined({ margin: 1 });

  it('reports loss, terms, norm and rewards of before the update, and clips the gradient', async () => {
    const { parameters, batch, scorer, dispose } = setUp();
    const w = parameters.get('w')!;
    const optimizer = new AdamW(new Map([['w', w]]), { epsilon: 1, betas: [0, 0], weightDecay: 0 });
    const before = tf.memory().numTensors;
    const result = await new TrainStep(scorer, { loss, optimizer }).run([batch], {
      learningRate: 1,
      clipNorm: 0.01,
    });
    expect(tf.memory().numTensors).toBe(before);

    const gradient = slopes([0.5, -0.25]);
    const norm = Math.hypot(...gradient);
    expect([result.loss]).toBeAllclose([lossAt([0.5, -0.25])]);
    expect([result.terms.bt + result.terms.btt]).toBeAllclose([result.loss]);
    expect([result.gradNorm]).toBeAllclose([norm], { rtol: 1e-5 });
    expect(result.chosen).toBeAllclose([0, 0.5]);
    expect(result.rejected).toBeAllclose([-0.5625, 0.5]);
    // with both betas 0 the update is g / (|g| + 1), g clipped to the norm 0.01
    const clipped = gradient.map((g) => (g * 0.01) / (norm + 1e-6));
    const expected = [0.5, -0.25].map((value, i) => value - clipped[i] / (Math.abs(clipped[i]) + 1));
    expect(await w.data()).toBeAllclose(expected, { rtol: 1e-5 });
    optimizer.dispose();
    dispose();
  });

  it('takes the mean of several micro-batches', async () => {
    const { parameters, batch, scorer, dispose } = setUp();
    const optimizer = new AdamW(new Map([['w', parameters.get('w')!]]));
    async function* twice() {
      yield batch;
      yield batch;
    }
    const options = { learningRate: 0, clipNorm: 1 };
    const step = new TrainStep(scorer, { loss, optimizer });
    const once = await step.run([batch], options);
    const both = await step.run(twice(), options);
    expect([both.loss, both.gradNorm, both.terms.btt]).toBeAllclose([
      once.loss,
      once.gradNorm,
      once.terms.btt,
    ]);
    expect(both.chosen).toEqual([...once.chosen, ...once.chosen]);
    optimizer.dispose();
    dispose();
  });

  it('changes nothing and leaves no tensor when the loss is not finite', async () => {
    const { parameters, batch, scorer, dispose } = setUp();
    const w = parameters.get('w')!;
    const optimizer = new AdamW(new Map([['w', w]]));
    const before = tf.memory().numTensors;
    const infinite = tf.fill([4, 2], Number.POSITIVE_INFINITY);
    const step = new TrainStep(scorer, { loss, optimizer }).run([batch, { ...batch, inputs: [infinite] }], {
      learningRate: 1,
      clipNorm: 1,
    });
    await expect(step).rejects.toThrow(NonFiniteError);
    await expect(step).rejects.toThrow(/the loss is (NaN|Infinity).*the weights are unchanged/);
    expect(Array.from(await w.data())).toEqual([0.5, -0.25]);
    expect(optimizer.updates).toBe(0);
    infinite.dispose();
    expect(tf.memory().numTensors).toBe(before);
    optimizer.dispose();
    dispose();
  });

  it('refuses a step without a micro-batch', async () => {
    const { parameters, scorer, dispose } = setUp();
    const optimizer = new AdamW(new Map([['w', parameters.get('w')!]]));
    await expect(
      new TrainStep(scorer, { loss, optimizer }).run([], { learningRate: 1, clipNorm: 1 }),
    ).rejects.toThrow('expected at least one micro-batch');
    optimizer.dispose();
    dispose();
  });
});
