import { expect, it } from 'vitest';
import { type Tensor, type Tensor2D, tf } from '../../../src/engine/tf.js';
import { gatedMlp } from '../../../src/model/layers/gatedMlp.js';
import { variableOf } from '../../../src/model/weights/safetensors.js';
import { describeEngines } from '../../support/engines.js';

await describeEngines('gatedMlp', () => {
  it('is down(silu(gate x) ⊙ up x), with biases where there are some', () => {
    const weights = new Map(
      Object.entries({
        'm.gate_proj.weight': variableOf(Float32Array.of(1, 2), [1, 2]),
        'm.up_proj.weight': variableOf(Float32Array.of(3, -1), [1, 2]),
        'm.down_proj.weight': variableOf(Float32Array.of(2, -4), [2, 1]),
        'm.down_proj.bias': variableOf(Float32Array.of(0.5, 0.25), [2]),
      }),
    );
    tf.tidy(() => {
      // gate 1 · 0.5 + 2 · 0.25 = 1, up 3 · 0.5 - 0.25 = 1.25.
      const inner = (1 / (1 + Math.exp(-1))) * 1.25;
      const y = gatedMlp(weights, 'm', tf.tensor2d([[0.5, 0.25]]) as Tensor2D);
      expect(y.dataSync()).toBeAllclose([2 * inner + 0.5, -4 * inner + 0.25], { rtol: 1e-6 });
    });
    tf.dispose([...weights.values()] as Tensor[]);
  });
});
