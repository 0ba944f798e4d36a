import { truncateSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Tensor2D, type Tensor4D, tf } from '../../../src/engine/tf.js';
import { use } from '../../../src/engine/use.js';
import { InternVL } from '../../../src/model/family/internvl/backbone.js';
import { RewardHead } from '../../../src/model/head/head.js';
import { gatherRows } from '../../../src/model/layers/gatherRows.js';
import { toBfloat16 } from '../../../src/model/weights/dtypes.js';
import {
  readTensors,
  readWeights,
  variableOf,
  writeTensors,
  writeWeights,
} from '../../../src/model/weights/safetensors.js';
import { engines } from '../../support/engines.js';
import { bfloat16Shards, goldenCheckpoint, goldenJson } from '../../support/goldenModel.js';

const [engine] = await engines();
let folder: string;
beforeAll(async () => {
  await use(engine);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safetensors-'));
  return () => rm(folder, { recursive: true });
});

/** A file of any header, proper or not. */
async function fileOf(header: unknown, data: Uint8Array, { headerSize }: { headerSize?: number } = {}) {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(headerSize ?? text.length));
  const path = join(folder, 'model.safetensors');
  await writeFile(path, Buffer.concat([length, text, data]));
  return path;
}
const bytesOf = (values: NodeJS.TypedArray) =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

describe('writeTensors and readTensors', () => {
  const values = Float32Array.of(1, -2.5, 0.1, 3e38, 1e-40, -0);

  it('undo each other', async () => {
    const path = join(folder, 'a.safetensors');
    await writeTensors(
      path,
      new Map([
        ['b', { shape: [2, 3], data: values }],
        ['a', { shape: [], data: Float32Array.of(7) }],
        ['empty', { shape: [0, 4], data: new Float32Array() }],
      ]),
    );
    const read = await readTensors(path);
    expect(read.get('b')).toEqual({ dtype: 'F32', shape: [2, 3], data: values });
    expect(read.get('a')).toEqual({ dtype: 'F32', shape: [], data: Float32Array.of(7) });
    expect(read.get('empty')).toEqual({ dtype: 'F32', shape: [0, 4], data: new Float32Array() });
    expect(await readdir(folder)).toEqual(['a.safetensors']);
  });

  it('round to bfloat16: nearest, ties to even', async () => {
    const path = join(folder, 'half.safetensors');
    const data = Float32Array.of(
      1,
      1 + 2 ** -8,
      1 + 3 * 2 ** -8,
      1 + 2 ** -8 + 2 ** -20,
      -2.5,
      Number.POSITIVE_INFINITY,
    );
    await writeTensors(path, new Map([['x', { shape: [6], data }]]), { dtype: 'bfloat16' });
    expect((await readTensors(path)).get('x')).toEqual({
      dtype: 'BF16',
      shape: [6],
      data: Float32Array.of(1, 1, 1 + 2 ** -6, 1 + 2 ** -7, -2.5, Number.POSITIVE_INFINITY),
    });
    expect(toBfloat16(Float32Array.of(Number.NaN))[0] & 0x7fff).toBeGreaterThan(0x7f80);
  });

  it.each([
    [
      'F16',
      Uint16Array.of(0x3c00, 0xc100, 0x0001, 0x7bff, 0xfc00, 0x7e00),
      Float32Array.of(1, -2.5, 2 ** -24, 65_504, Number.NEGATIVE_INFINITY, Number.NaN),
    ],
    ['BF16', Uint16Array.of(0x3f80, 0xc020), Float32Array.of(1, -2.5)],
    ['F32', Float32Array.of(0.1, -1), Float32Array.of(0.1, -1)],
    ['F64', Float64Array.of(0.1, -1e10), Float32Array.of(0.1, -1e10)],
    ['I64', BigInt64Array.of(5n, -6n), Int32Array.of(5, -6)],
    ['I32', Int32Array.of(5, -6), Int32Array.of(5, -6)],
    ['U8', Uint8Array.of(5, 250), Uint8Array.of(5, 250)],
    ['BOOL', Uint8Array.of(1, 0), Uint8Array.of(1, 0)],
  ] as const)('read %s, wherever it lies in the file', async (dtype, stored, data) => {
    const bytes = bytesOf(stored);
    const header = {
      __metadata__: { format: 'pt' },
      // The odd offset: a typed array cannot begin there.
      x: { dtype, shape: [stored.length], data_offsets: [1, 1 + bytes.length] },
      first: { dtype: 'U8', shape: [1], data_offsets: [0, 1] },
    };
    const read = await readTensors(await fileOf(header, Buffer.concat([Uint8Array.of(9), bytes])));
    expect(read.get('x')).toEqual({ dtype, shape: [stored.length], data });
    expect([...read.keys()]).toEqual(['first', 'x']);
  });
});

describe('readTensors of a damaged file', () => {
  const entry = (data_offsets: unknown, shape: unknown = [2], dtype: unknown = 'F32') => ({
    dtype,
    shape,
    data_offsets,
  });
  const eight = new Uint8Array(8);

  it.each<[string, unknown, Uint8Array, RegExp]>([
    [
      'truncated',
      { x: entry([0, 8]) },
      new Uint8Array(5),
      /tensor "x" lies at 0\.\.8 of 5 bytes; .*truncated/,
    ],
    ['offsets outside', { x: entry([8, 16]) }, eight, /tensor "x" lies at 8\.\.16 of 8 bytes/],
    ['offsets reversed', { x: entry([8, 0]) }, eight, /tensor "x" lies at 8\.\.0/],
    ['negative offsets', { x: entry([-8, 0]) }, eight, /tensor "x" has no proper offsets/],
    ['offsets that are not a pair', { x: entry([0]) }, eight, /tensor "x" has no proper offsets/],
    ['overlapping', { x: entry([0, 8]), y: entry([4, 12]) }, new Uint8Array(12), /tensor "y" overlaps/],
    ['too few bytes for the shape', { x: entry([0, 4]) }, eight, /"x" \[2\] of F32 needs 8 bytes, but has 4/],
    ['an unknown dtype', { x: entry([0, 8], [2], 'F8_E4M3') }, eight, /"x" has the unknown dtype F8_E4M3/],
    ['no entry', { x: null }, eight, /"x" has the unknown dtype undefined/],
    ['a shape that is not a list', { x: entry([0, 8], 2) }, eight, /tensor "x" has no proper shape/],
    ['a negative shape', { x: entry([0, 8], [-1, -2]) }, eight, /tensor "x" has no proper shape/],
    [
      'a shape too large for a number',
      { x: entry([0, 8], [2 ** 40, 2 ** 40]) },
      eight,
      /"x" \[1099511627776,1099511627776\] of F32 needs 4\.8\d+e\+24 bytes, but has 8/,
    ],
    [
      'a shape that is not an integer',
      { x: entry([0, 8], [2 ** 60]) },
      eight,
      /tensor "x" has no proper shape/,
    ],
    [
      'a gap',
      { x: entry([0, 8]), y: entry([12, 20]) },
      new Uint8Array(20),
      /4 bytes before tensor "y" belong/,
    ],
    ['a gap before all', { x: entry([4, 12]) }, new Uint8Array(12), /4 bytes before tensor "x" belong/],
    ['bytes after all', { x: entry([0, 8]) }, new Uint8Array(11), /3 bytes after the last tensor belong/],
    [
      'a name that is there twice',
      `{"x": ${JSON.stringify(entry([0, 8]))}, "\\u0078" : ${JSON.stringify(entry([8, 16]))}}`,
      new Uint8Array(16),
      /tensor "x" is there twice/,
    ],
    ['a header too deep to parse', '{"x":'.repeat(2e5), eight, /the header is not valid JSON/],
    ['no JSON', '{"x":', eight, /the header is not valid JSON/],
    ['a list for a header', [1], eight, /the header is not a JSON object/],
  ])('says what is wrong: %s', async (_, header, data, message) => {
    const path = await fileOf(header, data);
    await expect(readTensors(path)).rejects.toThrow(message);
    await expect(readTensors(path)).rejects.toThrow(`safetensors: ${path}`);
  });

  it('reads texts that look like structure, and tensors without elements wherever they stand', async () => {
    const header = {
      __metadata__: { format: '{"a": 1}', dtype: 'x', shape: '"dtype": ' },
      'a": {': entry([0, 8]),
      dtype: entry([8, 8], [0]),
      empty: entry([0, 0], [3, 0]),
    };
    const read = await readTensors(await fileOf(header, eight));
    expect([...read.keys()].sort()).toEqual(['a": {', 'dtype', 'empty']);
  });

  it('does not believe the size of a header', async () => {
    for (const headerSize of [20, 2 ** 30, Number.MAX_SAFE_INTEGER]) {
      const path = await fileOf('{}', new Uint8Array(4), { headerSize });
      await expect(readTensors(path)).rejects.toThrow(`a header of ${headerSize} bytes in a file of 14`);
    }
    const path = join(folder, 'short.safetensors');
    await writeFile(path, 'abc');
    await expect(readTensors(path)).rejects.toThrow('3 bytes are too few');
    await expect(readTensors(join(folder, 'nowhere'))).rejects.toThrow(/ENOENT.*nowhere/);
  });
});

describe('readWeights', () => {
  const one = { shape: [1], data: Float32Array.of(1) };
  async function sharded(weightMap: unknown, shards: Record<string, string[]>): Promise<string> {
    for (const [shard, names] of Object.entries(shards)) {
      await writeTensors(join(folder, shard), new Map(names.map((name) => [name, one])));
    }
    const path = join(folder, 'model.safetensors.index.json');
    await writeFile(
      path,
      typeof weightMap === 'string' ? weightMap : JSON.stringify({ weight_map: weightMap }),
    );
    return path;
  }

  it('and writeWeights undo each other', async () => {
    const before = tf.memory().numTensors;
    const weights = new Map([['x', variableOf(Float32Array.of(1, 2, 3, 4), [2, 2])]]);
    const path = join(folder, 'model.safetensors');
    await writeWeights(path, weights);
    const read = await readWeights(path);
    expect(read.get('x')!.arraySync()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    tf.dispose([...weights.values(), ...read.values()]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('joins the shards of an index', async () => {
    const path = await sharded({ x: 'a', y: 'b', z: 'a' }, { a: ['x', 'z'], b: ['y'] });
    const weights = await readWeights(path);
    expect([...weights.keys()]).toEqual(['x', 'z', 'y']);
    tf.dispose([...weights.values()]);
  });

  it.each<[string, unknown, Record<string, string[]>, RegExp]>([
    [
      'a shard is missing',
      { x: 'a', y: 'b' },
      { a: ['x'] },
      /index\.json names the shard b, which is missing/,
    ],
    ['a tensor is missing', { x: 'a', y: 'a' }, { a: ['x'] }, /names the tensor "y", but no shard has it/],
    [
      'a tensor is in two shards',
      { x: 'a', y: 'b' },
      { a: ['x'], b: ['x', 'y'] },
      /b: tensor "x" is in another/,
    ],
    ['a shard is elsewhere', { x: 'a', y: '../b' }, { a: ['x'] }, /points out of its folder, to "\.\.\/b"/],
    ['a shard is the folder above', { x: '..' }, {}, /points out of its folder, to "\.\."/],
    [
      'a shard has an absolute path',
      { x: '/etc/passwd' },
      {},
      /points out of its folder, to "\/etc\/passwd"/,
    ],
    ['a shard is not text', { x: 3 }, {}, /has no weight_map/],
    ['there is no map', '{}', {}, /index\.json has no weight_map; expected the index/],
    ['it is not valid JSON', '{', {}, /index\.json has no weight_map/],
  ])('says so when %s, and leaves no tensor behind', async (_, weightMap, shards, message) => {
    const path = await sharded(weightMap, shards);
    const before = tf.memory().numTensors;
    await expect(readWeights(path)).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('says so when a shard is damaged or a folder, and leaves no tensor behind', async () => {
    const path = await sharded({ x: 'a', y: 'b' }, { a: ['x'] });
    const before = tf.memory().numTensors;
    await writeFile(join(folder, 'b'), 'no tensors at all');
    await expect(readWeights(path)).rejects.toThrow(`safetensors: ${join(folder, 'b')}`);
    await rm(join(folder, 'b'));
    await mkdir(join(folder, 'b'));
    await expect(readWeights(path)).rejects.toThrow('names the shard b, which is missing');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('reads no more than is wanted', async () => {
    const path = await sharded({ x: 'a', y: 'b', z: 'a' }, { a: ['x', 'z'], b: ['y'] });
    const shapes = new Map([['z', { shape: [1] }]]);
    const weights = await readWeights(path, { shapes, ignore: (name) => name !== 'z' });
    expect([...weights.keys()]).toEqual(['z']);
    tf.dispose([...weights.values()]);
  });

  it.each<[string, Record<string, number[]>, RegExp]>([
    ['is missing', { x: [1], y: [1], z: [1], w: [2, 3] }, /index\.json lacks the parameter "w" \[2,3\]/],
    ['has another shape', { x: [1], y: [1, 1], z: [1] }, /b: the parameter "y" is \[1\], expected \[1,1\]/],
    ['is too many', { x: [1], y: [1] }, /a: "z" \[1\] is not a parameter of this model/],
  ])('says so when a parameter %s, before it makes a tensor', async (_, wanted, message) => {
    const path = await sharded({ x: 'a', y: 'b', z: 'a' }, { a: ['x', 'z'], b: ['y'] });
    const made = vi.spyOn(tf.engine(), 'makeTensor');
    const shapes = new Map(Object.entries(wanted).map(([name, shape]) => [name, { shape }]));
    await expect(readWeights(path, { shapes })).rejects.toThrow(message);
    expect(made).not.toHaveBeenCalled();
    made.mockRestore();
  });

  it('frees what it has read when a file shrinks under its hands', async () => {
    const path = await sharded({ x: 'a' }, { a: ['x', 'y'] });
    const before = tf.memory().numTensors;
    const make = tf.engine().makeTensor.bind(tf.engine());
    const made = vi.spyOn(tf.engine(), 'makeTensor').mockImplementationOnce((...tensor) => {
      truncateSync(join(folder, 'a'), 60);
      return make(...tensor);
    });
    await expect(readWeights(path)).rejects.toThrow(/a ends within tensor "y"/);
    made.mockRestore();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses integers, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const header = {
      a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
      b: { dtype: 'I32', shape: [1], data_offsets: [4, 8] },
    };
    const path = await fileOf(header, new Uint8Array(8));
    await expect(readWeights(path)).rejects.toThrow(`${path}: tensor "b" is not a float tensor`);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('readWeights of bfloat16 shards', () => {
  it('gives the official rewards', async () => {
    const { folder: inputs, config } = goldenCheckpoint('internvl3-tiny');
    const checkpoint = join(folder, 'shards');
    await bfloat16Shards(checkpoint);
    const weights = await readWeights(join(checkpoint, 'model.safetensors.index.json'));
    const index = goldenJson('bfloat16', 'model.safetensors.index.json');
    const io = goldenJson('bfloat16', 'io.json');
    expect([...weights.keys()].sort()).toEqual(Object.keys(index.weight_map).sort());
    const stored = await readTensors(join(inputs, 'io.safetensors'));
    const { '<IMG_CONTEXT>': imageContext } = goldenJson(
      'checkpoints',
      'internvl3-tiny',
      'added_tokens.json',
    );
    tf.tidy(() => {
      const input = (name: string) => stored.get(`input.${name}`)!;
      const tensor = (name: string) => tf.tensor(input(name).data, input(name).shape);
      const model = new InternVL(weights, config, imageContext);
      const flags = input('image_flags').data;
      const kept = Int32Array.from([...flags.keys()].filter((tile) => flags[tile] === 1));
      const tokens = tf.reshape(model.encodeVision(tensor('pixel_values') as Tensor4D), [flags.length, -1]);
      const visual = tf.reshape(gatherRows(tokens as Tensor2D, kept), [
        -1,
        config.llm.hiddenSize,
      ]) as Tensor2D;
      const mask = tensor('attention_mask') as Tensor2D;
      const states = model.decode(tf.cast(tensor('input_ids'), 'int32') as Tensor2D, mask, visual);
      const reward = new RewardHead(weights, config).reward(states, mask);
      expect(reward.dataSync()).toBeAllclose(io.reward_scores_float32_compute, { rtol: 1e-4 });
    });
    tf.dispose([...weights.values()]);
  });
});
