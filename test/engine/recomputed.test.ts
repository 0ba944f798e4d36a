import { afterEach, expect, it } from 'vitest';
import { Compiled, compiles, setCompiler } from '../../src/engine/compile.js';
import { recomputed, recomputing } from '../../src/engine/recomputed.js';
import { type Scalar, type Tensor, type Tensor2D, tf, type Variable } from '../../src/engine/tf.js';
import { describeEngines } from '../support/engines.js';

afterEach(() => {
  setCompiler(undefined);
});

/** Two layers x ← x + tanh(x W) ⊙ c, the loss Σ x², and its gradients in x and the weights. */
function gradients(
  [x, c]: Tensor[],
  weights: Variable[],
  on: boolean,
  counted: { layers: number },
): Tensor[] {
  const layer = (input: Tensor, [factor]: Tensor[], weight: Variable) => {
    counted.layers++;
    return tf.add(input, tf.mul(tf.tanh(tf.matMul(input as Tensor2D, weight as Tensor as Tensor2D)), factor));
  };
  return recomputing(on, () => {
    const { value, grads } = tf.variableGrads(() => {
      let state = x;
      // The constant is made inside and gone with this scope: what is computed again has to have kept it.
      for (const weight of weights) {
        state = tf.tidy(() =>
          recomputed(state, [tf.mul(c, 1)], [weight], (input, constants) => layer(input, constants, weight)),
        );
      }
      return tf.sum(tf.square(state)) as Scalar;
    }, weights);
    return [value, ...weights.map(({ name }) => grads[name])];
  });
}

await describeEngines('recomputed', () => {
  it('gives the value and the gradients of the layers as they are, and computes each once more', async () => {
    const weights = [0.3, -0.2].map((by) => tf.tidy(() => tf.variable(tf.mul(tf.eye(3), by))));
    const inputs = [tf.tensor2d([1, 2, 3, -1, 0.5, 0.25], [2, 3]), tf.tensor1d([1, 0, 2])];
    const before = tf.memory().numTensors;
    for (const compiler of compiles() ? (['eager', 'graph', 'xla'] as const) : (['eager'] as const)) {
      setCompiler(compiler);
      const results = [];
      for (const on of [false, true]) {
        const counted = { layers: 0 };
        const compiled = new Compiled(
          (tensors) => gradients(tensors, weights, on, counted),
          () => weights,
        );
        const tensors = await compiled.call(inputs);
        results.push(await Promise.all(tensors.map((tensor) => tensor.data())));
        expect(counted.layers).toBe(on ? 4 : 2);
        tf.dispose(tensors);
        compiled.dispose();
      }
      expect(results[1].map((values) => [...values])).toBeAllclose(results[0].map((values) => [...values]));
    }
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([...weights, ...inputs]);
  });
});
