import { expect, it } from 'vitest';
import { type Tensor3D, tf } from '../../../src/engine/tf.js';
import { frameAttention } from '../../../src/model/layers/frameAttention.js';
import { gridRotaryTable } from '../../../src/model/layers/rotary.js';
import { variableOf } from '../../../src/model/weights/safetensors.js';
import type { Weights } from '../../../src/model/weights/weights.js';
import { describeEngines } from '../../support/engines.js';
import { tensorOf, wave } from '../../support/formula.js';

const [frames, tokens, width, heads] = [2, 5, 8, 2];
const runs = [
  { count: 2, length: 2 },
  { count: 1, length: 1 },
];

function makeWeights(): Weights {
  const of = (shape: number[], from: number) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return variableOf(
      Float32Array.from({ length: size }, (_, i) => wave(i + from)),
      shape,
    );
  };
  return new Map([
    ['a.qkv.weight', of([3 * width, width], 0)],
    ['a.qkv.bias', of([3 * width], 900)],
    ['a.proj.weight', of([width, width], 300)],
    ['a.proj.bias', of([width], 700)],
  ]);
}

await describeEngines('frameAttention', () => {
  const rotary = () => gridRotaryTable([0, 0, 1, 1, 2], [0, 1, 0, 1, 0], width / heads);
  const x = () => tensorOf<Tensor3D>([frames, tokens, width], (i) => wave(i + 40));

  it('is attention of each run by itself', () => {
    const weights = makeWeights();
    tf.tidy(() => {
      const together = frameAttention(weights, 'a', x(), heads, rotary(), runs);
      const table = rotary();
      let start = 0;
      for (const length of [2, 2, 1]) {
        const part = (t: Tensor3D) => tf.slice(t, [0, start, 0], [frames, length, width]);
        const [cos, sin] = [table.cos, table.sin].map((t) =>
          tf.slice(t, [start, 0], [length, width / heads]),
        );
        const alone = frameAttention(weights, 'a', part(x()), heads, { ...table, cos, sin }, [
          { count: 1, length },
        ]);
        expect(part(together).dataSync()).toBeAllclose(alone.dataSync(), { rtol: 1e-5 });
        start += length;
      }
    });
    tf.dispose([...weights.values()]);
  });

  it('sees its own frame and run only, in its gradient too', () => {
    const weights = makeWeights();
    tf.tidy(() => {
      // Of the output at frame 1, token 3, which is in the run of the tokens 2 and 3.
      const at = (a: Tensor3D) =>
        tf.sum(tf.slice(frameAttention(weights, 'a', a, heads, rotary(), runs), [1, 3, 0], [1, 1, width]));
      const gradient = tf.grad((a) => at(a as Tensor3D))(x());
      const sizes = tf.sum(tf.abs(gradient), 2).arraySync() as number[][];
      expect(
        sizes.flatMap((frame, f) => frame.flatMap((size, token) => (size > 1e-6 ? [[f, token]] : []))),
      ).toEqual([
        [1, 2],
        [1, 3],
      ]);
    });
    tf.dispose([...weights.values()]);
  });
});
