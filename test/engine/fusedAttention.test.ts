import { afterEach, expect, it } from 'vitest';
import { Compiled, setCompiler } from '../../src/engine/compile.js';
import { fusedAttention, fusesAttention, tryFusedAttention } from '../../src/engine/fusedAttention.js';
import { type Tensor, type Tensor4D, tf } from '../../src/engine/tf.js';
import { use } from '../../src/engine/use.js';
import { engines } from '../support/engines.js';

afterEach(() => {
  setCompiler(undefined);
});

const here = await engines();
const randoms = (...shapes: number[][]) => shapes.map((shape) => tf.randomNormal(shape));
const withGradients = (attention: (q: Tensor4D, k: Tensor4D, v: Tensor4D) => Tensor) =>
  new Compiled(
    ([dy, ...inputs]) => {
      const { value, grads } = tf.valueAndGrads((...args: Tensor[]) =>
        attention(...(args as [Tensor4D, Tensor4D, Tensor4D])),
      )(inputs, dy);
      return [value, ...grads];
    },
    () => [],
  );

it.skipIf(!here.includes('native'))(
  'asks XLA for the kernel by its name, and leaves the CPU to plain operations',
  async () => {
    await use('native', { precision: 'bfloat16' });
    expect(await tryFusedAttention()).toBeUndefined();
    setCompiler('xla');
    expect(await tryFusedAttention()).toBeUndefined();
    const inputs = randoms([1, 4, 40, 8], [1, 4, 40, 8], [1, 2, 40, 8], [1, 2, 40, 8]);
    const seen: boolean[] = [];
    const fused = withGradients((q, k, v) => {
      seen.push(fusesAttention(q, k));
      return fusedAttention(q, k, v, true);
    });
    // XLA has read types, shapes and configuration by then, and has only this to say.
    await expect(fused.call(inputs)).rejects.toThrow('to __cudnn$fmhaSoftmax for Host');
    expect(seen).toEqual([false]);
    fused.dispose();
    tf.dispose(inputs);
    await use('native');
  },
);

it('is a part of recorded functions only', () => {
  const [q, k, v] = randoms([1, 4, 40, 8], [1, 2, 40, 8], [1, 2, 40, 8]) as Tensor4D[];
  expect(() => fusedAttention(q, k, v, true)).toThrow('customCall: __cudnn$fmhaSoftmax');
  tf.dispose([q, k, v]);
});

it.skipIf(!here.includes('cuda'))(
  'is within bfloat16 of plain attention on a GPU, and so are its gradients',
  async () => {
    const { attention } = await use('cuda');
    expect(attention?.reason).toBeUndefined();
    expect(attention?.error).toBeLessThan(0.05);
  },
);
