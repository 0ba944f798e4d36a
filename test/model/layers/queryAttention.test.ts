import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Tensor, type Tensor2D, type Tensor3D, tf } from '../../../src/engine/tf.js';
import { learnedQuery, queryAttention } from '../../../src/model/layers/queryAttention.js';
import { variableOf } from '../../../src/model/weights/safetensors.js';
import type { Weights } from '../../../src/model/weights/weights.js';
import { describeEngines } from '../../support/engines.js';
import { tensorOf, wave } from '../../support/formula.js';

const [batch, length, width, heads] = [2, 5, 16, 8];
const size = width / heads;
const offsets = { in_proj_weight: 0, in_proj_bias: 1000, 'out_proj.weight': 2000, 'out_proj.bias': 3000 };
const query = (i: number) => wave(i + 4000);
const token = (i: number) => wave(i + 5000);

/** torch.nn.MultiheadAttention as it is defined, with keys and values of every token, in double precision. */
function multiheadAttention(lengths: number[]): number[] {
  const project = (part: number, x: (c: number) => number) =>
    Array.from({ length: width }, (_, row) => {
      const out = part * width + row;
      let sum = wave(out + offsets.in_proj_bias);
      for (let c = 0; c < width; c++) sum += wave(out * width + c) * x(c);
      return sum;
    });
  return lengths.flatMap((own, b) => {
    const q = project(0, (c) => query(b * width + c));
    const tokens = Array.from({ length: own }, (_, n) => (c: number) => token((b * length + n) * width + c));
    const [keys, values] = [1, 2].map((part) => tokens.map((x) => project(part, x)));
    const read = q.map((_, channel) => {
      const first = channel - (channel % size);
      const shares = keys.map((key) => {
        let score = 0;
        for (let c = first; c < first + size; c++) score += q[c] * key[c];
        return Math.exp(score / Math.sqrt(size));
      });
      const total = shares.reduce((a, s) => a + s);
      return shares.reduce((sum, share, n) => sum + (share / total) * values[n][channel], 0);
    });
    return read.map((_, row) =>
      read.reduce(
        (sum, x, c) => sum + wave(row * width + c + offsets['out_proj.weight']) * x,
        wave(row + offsets['out_proj.bias']),
      ),
    );
  });
}

await describeEngines('queryAttention', () => {
  const weights: Weights = new Map();
  const shapes = {
    in_proj_weight: [3 * width, width],
    in_proj_bias: [3 * width],
    'out_proj.weight': [width, width],
    'out_proj.bias': [width],
  };
  const queries = () => tensorOf<Tensor2D>([batch, width], query);
  const sequence = () => tensorOf<Tensor3D>([batch, length, width], token);
  beforeAll(() => {
    for (const [name, shape] of Object.entries(shapes)) {
      const offset = offsets[name as keyof typeof offsets];
      const count = shape.reduce((a, b) => a * b);
      weights.set(
        `a.${name}`,
        variableOf(
          Float32Array.from({ length: count }, (_, i) => wave(i + offset)),
          shape,
        ),
      );
    }
  });
  afterAll(() => tf.dispose([...weights.values()]));

  it('is the attention of PyTorch, without forming its keys and values', () => {
    tf.tidy(() => {
      const all = queryAttention(weights, 'a', queries(), sequence());
      expect(all.shape).toEqual([batch, width]);
      expect(all.dataSync()).toBeAllclose(multiheadAttention([5, 5]), { rtol: 1e-5 });
      const mask = tf.mul(tf.sub(1, tf.tensor3d([1, 1, 1, 1, 1, 1, 1, 1, 0, 0], [batch, 1, length])), -1e9);
      const masked = queryAttention(weights, 'a', queries(), sequence(), mask);
      expect(masked.dataSync()).toBeAllclose(multiheadAttention([5, 3]), { rtol: 1e-5 });
    });
  });

  it('gives the bias of the keys no gradient', () => {
    const { value, grads } = tf.variableGrads(() =>
      tf.sum(queryAttention(weights, 'a', queries(), sequence())),
    );
    const gradient = grads[weights.get('a.in_proj_bias')!.name].dataSync();
    expect([...gradient.subarray(width, 2 * width)]).toEqual(new Array(width).fill(0));
    expect(gradient.subarray(0, width).some((g) => Math.abs(g) > 1e-3)).toBe(true);
    tf.dispose([value, grads] as unknown as Tensor[]);
  });

  it('asks every sequence with the same row of the table', () => {
    const table = variableOf(Float32Array.of(1, 2, 3, 4), [2, 2]);
    tf.tidy(() => {
      const asked = learnedQuery(new Map([['q.query.weight', table]]), 'q', 3, 1);
      expect(asked.arraySync()).toEqual([
        [3, 4],
        [3, 4],
        [3, 4],
      ]);
    });
    table.dispose();
  });

  it('refuses a width that its heads do not divide', () => {
    expect(() => queryAttention(weights, 'a', tf.zeros([1, 12]), tf.zeros([1, 2, 12]))).toThrow(
      'a: a width of 12 does not divide by its 8 heads',
    );
  });
});
