import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { type NativeBackend, nativeBackend } from '../../src/engine/binding.js';
import { bytesTensor } from '../../src/engine/bytes.js';
import { Compiled, type Compiler, compiles, setCompiler } from '../../src/engine/compile.js';
import { atPrecision } from '../../src/engine/precision.js';
import { drawn, record } from '../../src/engine/recording.js';
import { type Scalar, type Tensor, type Tensor2D, tf, type Variable } from '../../src/engine/tf.js';
import { use } from '../../src/engine/use.js';
import { describeAllEngines, engines } from '../support/engines.js';

afterEach(() => {
  setCompiler(undefined);
});

/** A function with a gradient in it: the value and the gradients of Σ softmax(x Wᵀ)² · x. */
function body([x]: Tensor[], weight: Variable): Tensor[] {
  const { value, grads } = tf.variableGrads(() => {
    const shares = tf.softmax(tf.matMul(x as Tensor2D, weight as Tensor as Tensor2D, false, true));
    return tf.sum(tf.mul(tf.square(shares), tf.slice(x, [0, 0], shares.shape))) as Scalar;
  }, [weight]);
  return [value, grads[weight.name]];
}
const input = (rows: number, seed = 1) => {
  const random = new Random(seed);
  return tf.tensor2d(
    Float32Array.from({ length: rows * 5 }, () => random.normal()),
    [rows, 5],
  );
};
const variable = () => {
  const random = new Random(7);
  return tf.tidy(() =>
    tf.variable(
      tf.tensor2d(
        Float32Array.from({ length: 15 }, () => random.normal()),
        [3, 5],
      ),
    ),
  );
};
const valuesOf = async (tensors: Tensor[]) => {
  const values = [];
  for (const tensor of tensors) values.push(await tensor.data());
  tf.dispose(tensors);
  return values;
};

await describeAllEngines('Compiled', () => {
  it('gives what the function gives, for each shape, with the variables as they are, and keeps no tensor', async () => {
    const weight = variable();
    const inputs = [input(4), input(6), input(4, 2)];
    const before = tf.memory().numTensors;
    const compiled = new Compiled(
      (tensors) => body(tensors, weight),
      () => [weight],
    );
    for (const x of inputs) {
      const expected = await valuesOf(tf.tidy(() => body([x], weight)));
      expect(await valuesOf(await compiled.call([x]))).toEqual(expected);
      tf.tidy(() => weight.assign(tf.mul(weight, 1.5)));
    }
    expect(tf.memory().numTensors).toBe(before);
    compiled.dispose();
    tf.dispose([weight, ...inputs]);
  });

  it('draws anew for each call what a stream gives, in the order in which the function asks', async () => {
    const compiled = new Compiled(
      ([x], { random }) =>
        [1, 2].map((by) =>
          tf.mul(
            x,
            drawn([2], random as Random, (stream) => Float32Array.of(by * stream.uniform(), by)),
          ),
        ),
      () => [],
    );
    const x = tf.tensor1d([1, 1]);
    for (const seed of [1, 2]) {
      const random = new Random(seed);
      const expected = [random.uniform(), 2 * random.uniform()].map(Math.fround);
      const [first, second] = await valuesOf(await compiled.call([x], { random: new Random(seed) }));
      expect([first[0], second[0]]).toEqual(expected);
    }
    compiled.dispose();
    x.dispose();
  });

  it('takes what it is given as part of the function', async () => {
    const compiled = new Compiled(
      ([x], { given }) => [tf.mul(x, given as number)],
      () => [],
    );
    const x = tf.tensor1d([3]);
    expect([...(await valuesOf(await compiled.call([x], { given: 2 })))[0]]).toEqual([6]);
    expect([...(await valuesOf(await compiled.call([x], { given: 5 })))[0]]).toEqual([15]);
    compiled.dispose();
    x.dispose();
  });

  it('takes bytes', async () => {
    const bytes = bytesTensor(Uint8Array.of(1, 2, 255, 0), [2, 2]);
    expect(bytes.dtype).toBe('int32');
    const compiled = new Compiled(
      ([x]) => [tf.div(tf.cast(x, 'float32'), 5)],
      () => [],
    );
    const expected = Float32Array.of(0.2, 0.4, 51, 0);
    expect((await valuesOf(await compiled.call([bytes])))[0]).toBeAllclose(expected);
    expect((await valuesOf([tf.tidy(() => tf.div(tf.cast(bytes, 'float32'), 5))]))[0]).toBeAllclose(expected);
    compiled.dispose();
    bytes.dispose();
  });
});

const recording = (await engines()).find((name) => name === 'cuda' || name === 'native');
const describeRecording = recording ? describe : describe.skip;

describeRecording('Compiled where functions are recorded', () => {
  beforeAll(async () => {
    await use(recording as 'native', { precision: 'float32' });
    expect(compiles()).toBe(true);
  });

  it.each(['graph', 'xla'] as Compiler[])('computes by %s what it computes one by one', async (name) => {
    const weight = variable();
    const x = input(4);
    const compiled = new Compiled(
      (tensors) => body(tensors, weight),
      () => [weight],
    );
    setCompiler('eager');
    const expected = await valuesOf(await compiled.call([x]));
    setCompiler(name);
    const [value, gradient] = await valuesOf(await compiled.call([x]));
    expect(value).toBeAllclose(expected[0]);
    expect(gradient).toBeAllclose(expected[1]);
    compiled.dispose();
    tf.dispose([weight, x]);
  });

  it('calls the function once for each combination of shapes', async () => {
    let calls = 0;
    const compiled = new Compiled(
      ([x]) => {
        calls++;
        return [tf.neg(x)];
      },
      () => [],
    );
    for (const rows of [2, 3, 2, 2, 3]) {
      const x = input(rows);
      tf.dispose(await compiled.call([x]));
      x.dispose();
    }
    expect(calls).toBe(2);
    compiled.dispose();
  });

  it('names a function by its content, so that XLA finds its program again in another process', async () => {
    const by = (factor: number) =>
      record(nativeBackend() as NativeBackend, ([x]) => [tf.mul(x, factor)], [x], []).name;
    const x = tf.tensor1d([1, 2]);
    const [first, other, again] = [by(2), by(3), by(2)];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    // Two of one content: the second one is still there when the first is gone.
    const twice = [0, 1].map(
      () =>
        new Compiled(
          ([y]) => [tf.mul(y, 7)],
          () => [],
        ),
    );
    for (const compiled of twice) tf.dispose(await compiled.call([x]));
    twice[0].dispose();
    expect(Array.from((await valuesOf(await twice[1].call([x])))[0])).toEqual([7, 14]);
    twice[1].dispose();
    x.dispose();
  });

  it('forgets the oldest recordings of many shapes', async () => {
    const compiled = new Compiled(
      ([x]) => [tf.neg(x)],
      () => [],
    );
    for (const length of [...Array.from({ length: 40 }, (_, i) => i + 1), 1]) {
      const x = tf.ones([length]);
      const [values] = await valuesOf(await compiled.call([x]));
      expect(values).toEqual(new Float32Array(length).fill(-1));
      x.dispose();
    }
    compiled.dispose();
  });

  it('lets other work go on while it runs', async () => {
    setCompiler('xla');
    const compiled = new Compiled(
      ([x]) => [tf.erf(tf.matMul(x as Tensor2D, x as Tensor2D, true))],
      () => [],
    );
    const x = input(9);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    tf.dispose(await compiled.call([x])); // XLA compiles
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(3);
    compiled.dispose();
    x.dispose();
  });

  it('does not wait for the compiler when it is told to stop, and computes in the next call', async () => {
    setCompiler('xla');
    const compiled = new Compiled(
      ([x]) => [tf.tanh(tf.matMul(x as Tensor2D, x as Tensor2D, true))],
      () => [],
    );
    const x = input(7);
    const before = tf.memory().numTensors;
    const end = new AbortController();
    const stopped = compiled.call([x], { signal: end.signal });
    end.abort(new Error('enough'));
    await expect(stopped).rejects.toThrow('enough');
    const [values] = await valuesOf(await compiled.call([x]));
    expect(values).toHaveLength(25);
    expect(tf.memory().numTensors).toBe(before);
    compiled.dispose();
    x.dispose();
  });

  it('multiplies in bfloat16 where that is the precision', async () => {
    const [a, b] = [1 + 2 ** -7, 1 + 2 ** -12];
    const compiled = new Compiled(
      ([x, y]) => [tf.matMul(x as Tensor2D, y as Tensor2D)],
      () => [],
    );
    const inputs = [tf.tensor2d([a], [1, 1]), tf.tensor2d([b], [1, 1])];
    const [exact] = await valuesOf(await compiled.call(inputs));
    expect(exact[0]).toBe(Math.fround(a * b));
    const [rounded] = await atPrecision('bfloat16', async () => valuesOf(await compiled.call(inputs)));
    expect(rounded[0]).toBe(a); // 8 bits of mantissa hold a, and round b to 1
    compiled.dispose();
    tf.dispose(inputs);
  });

  it.each([
    ['a tensor from outside', () => tf.ones([2]), 'neither an input, nor a variable, nor made inside'],
    ['a read value', (x: Tensor) => tf.scalar(x.dataSync()[0]), 'the function reads values of a tensor'],
    ['a shape of values', (x: Tensor) => tf.unique(x).values, 'depends on values'],
  ])('refuses %s, and computes as before afterwards', async (what, make, message) => {
    const outside = tf.ones([2]);
    const x = tf.tensor1d([1, 2]);
    const before = tf.memory().numTensors;
    const compiled = new Compiled(
      ([input]) => [tf.mul(input, what === 'a tensor from outside' ? outside : (make(input) as Tensor))],
      () => [],
    );
    await expect(compiled.call([x])).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
    expect(Array.from((await valuesOf([tf.tidy(() => tf.mul(x, outside))]))[0])).toEqual([1, 2]);
    tf.dispose([outside, x]);
  });

  it('rejects with what TensorFlow says', async () => {
    const compiled = new Compiled(
      ([x]) => [tf.gather(tf.ones([3]), tf.cast(x, 'int32'))],
      () => [],
    );
    const x = tf.tensor1d([7]);
    setCompiler('graph');
    if (recording === 'native')
      await expect(compiled.call([x])).rejects.toThrow('indices[0] = 7 is not in [0, 3)');
    compiled.dispose();
    x.dispose();
  });
});
