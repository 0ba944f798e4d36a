import { describe, expect, it } from 'vitest';
import { type Tensor1D, tf } from '../../src/engine/tf.js';
import { variableOf } from '../../src/model/weights/safetensors.js';
import { AdamW, decaysMatrices } from '../../src/train/adamw.js';
import { join } from '../../src/train/buckets.js';
import { describeAllEngines } from '../support/engines.js';

const start = { matrix: [0.5, -1, 2, 0], bias: [3, -3] };
const make = () =>
  new Map([
    ['matrix', variableOf(Float32Array.from(start.matrix), [2, 2])],
    ['bias', variableOf(Float32Array.from(start.bias), [2])],
  ]);
/** Any gradients, the same for every run: some large, some tiny, one zero. */
const gradient = (update: number, count: number) =>
  Array.from({ length: count }, (_, i) => Math.sin(update + 2.3 * i) * 10 ** (i - 2)).map((g, i) =>
    i === 3 ? 0 : g,
  );

async function run(optimizer: AdamW, updates: number[], learningRate = 0.1, scale = 1): Promise<void> {
  for (const update of updates) {
    const gradients = optimizer.buckets.map((bucket) =>
      tf.tidy(() =>
        join(bucket.parameters.map(([, { size, shape }]) => tf.tensor(gradient(update, size), shape))),
      ),
    );
    await optimizer.update(gradients as Tensor1D[], learningRate, scale);
    tf.dispose(gradients);
  }
}

/** The same in double precision, element by element, from the paper's algorithm 2. */
function reference(
  values: number[],
  updates: number[],
  learningRate: number,
  decay: number,
  scale = 1,
): number[] {
  return values.map((value, i) => {
    let [theta, m, v] = [value, 0, 0];
    updates.forEach((update, index) => {
      const g = gradient(update, values.length)[i] * scale;
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      const [mHat, vHat] = [m / (1 - 0.9 ** (index + 1)), v / (1 - 0.999 ** (index + 1))];
      theta = theta - learningRate * decay * theta - (learningRate * mHat) / (Math.sqrt(vHat) + 1e-8);
    });
    return theta;
  });
}

await describeAllEngines('AdamW', () => {
  it('is AdamW, with decay of matrices only', async () => {
    const parameters = make();
    const optimizer = new AdamW(parameters, { weightDecay: 0.1 });
    await run(optimizer, [1, 2, 3, 4, 5]);
    expect(optimizer.updates).toBe(5);
    expect(await parameters.get('matrix')!.data()).toBeAllclose(
      reference(start.matrix, [1, 2, 3, 4, 5], 0.1, 0.1),
      { rtol: 2e-6 },
    );
    expect(await parameters.get('bias')!.data()).toBeAllclose(
      reference(start.bias, [1, 2, 3, 4, 5], 0.1, 0),
      { rtol: 2e-6 },
    );
    optimizer.dispose();
    tf.dispose([...parameters.values()]);
  });

  it('scales gradients, and decays what it is told to', async () => {
    const parameters = make();
    const optimizer = new AdamW(parameters, { weightDecay: 0.1, decays: () => true });
    await run(optimizer, [1, 2], 0.1, 1e-6);
    expect(await parameters.get('bias')!.data()).toBeAllclose(reference(start.bias, [1, 2], 0.1, 0.1, 1e-6), {
      rtol: 2e-6,
    });
    optimizer.dispose();
    tf.dispose([...parameters.values()]);
  });

  it('continues from a saved state to the same bits', async () => {
    const [whole, first, second] = [make(), make(), make()];
    const optimizer = new AdamW(whole);
    await run(optimizer, [1, 2, 3, 4]);
    const before = new AdamW(first);
    await run(before, [1, 2]);
    const state = await before.state();
    expect(state.get('matrix.exp_avg')!.shape).toEqual([2, 2]);
    for (const [name, variable] of second) variable.assign(first.get(name)!);
    const after = new AdamW(second);
    after.restore(state, before.updates);
    await run(after, [3, 4]);
    for (const [name, variable] of second)
      expect(await variable.data()).toEqual(await whole.get(name)!.data());
    for (const it of [optimizer, before, after]) it.dispose();
    for (const it of [whole, first, second]) tf.dispose([...it.values()]);
  });

  it('keeps no tensor but its moments, and frees those', async () => {
    const parameters = make();
    const before = tf.memory().numTensors;
    const optimizer = new AdamW(parameters);
    await run(optimizer, [1, 2]);
    expect(tf.memory().numTensors).toBe(before + 4);
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([...parameters.values()]);
  });

  it('refuses the state of other parameters', () => {
    const parameters = make();
    const optimizer = new AdamW(parameters);
    expect(() => optimizer.restore(new Map([['matrix.exp_avg', { data: [1] }]]), 1)).toThrow(
      'the state has no "matrix.exp_avg" of 4 values',
    );
    optimizer.dispose();
    tf.dispose([...parameters.values()]);
  });
});

describe('decaysMatrices', () => {
  it.each([
    ['language_model.model.layers.0.self_attn.q_proj.weight', [4, 4], true],
    ['language_model.model.layers.0.self_attn.q_proj.bias', [4], false],
    ['language_model.model.norm.weight', [4], false],
    ['language_model.model.embed_tokens.weight', [9, 4], false],
    ['vision_model.embeddings.position_embedding', [1, 5, 4], false],
    ['vision_model.embeddings.patch_embedding.weight', [4, 3, 2, 2], true],
  ])('%s: %j', (name, shape, decays) => {
    expect(decaysMatrices(name, shape)).toBe(decays);
  });
});
