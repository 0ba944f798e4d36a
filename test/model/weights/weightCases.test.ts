import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { load, save } from '../../../src/model/load.js';
import { download } from '../../../src/model/weights/hub.js';
import { readTensors, readWeights } from '../../../src/model/weights/safetensors.js';
import { clips } from '../../../src/score/clips.js';
import { smallModel } from '../../support/smallModel.js';

const stored = (name: string) => fileURLToPath(new URL(`../../cases/${name}`, import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'weight-cases-'));
afterAll(() => rmSync(root, { recursive: true }));
beforeAll(async () => {
  const model = await smallModel();
  await save(model, join(root, 'base'));
  model.dispose();
});
let copies = 0;
function copy(): string {
  const folder = join(root, `copy-${copies++}`);
  cpSync(join(root, 'base'), folder, { recursive: true });
  return folder;
}

/** A safetensors file with one float tensor, and another of any dtype. */
function withExtra(dtype: string, bytes: number, shape: number[]): string {
  const header = {
    x: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
    extra: { dtype, shape, data_offsets: [4, 4 + bytes] },
  };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const path = join(root, `extra-${dtype}.safetensors`);
  writeFileSync(path, Buffer.concat([length, text, Buffer.alloc(4 + bytes)]));
  return path;
}

describe('an extra tensor of another dtype', () => {
  it.each([
    ['I8', 8, [8]],
    ['U16', 8, [4]],
    ['U32', 8, [2]],
    ['U64', 8, [1]],
    ['F8_E4M3', 8, [8]],
    ['F8_E5M2', 8, [8]],
    ['F4', 8, [16]],
    ['C64', 8, [1]],
    ['BOOL', 8, [8]],
    ['I64', 8, [1]],
  ])('%s is no matter where the model ignores it', async (dtype, bytes, shape) => {
    const path = withExtra(dtype, bytes, shape);
    const wanted = { shapes: new Map([['x', { shape: [1] }]]), ignore: (name: string) => name === 'extra' };
    const weights = await readWeights(path, wanted);
    expect([...weights.keys()]).toEqual(['x']);
    for (const variable of weights.values()) variable.dispose();
    await expect(readWeights(path, { ...wanted, ignore: undefined })).rejects.toThrow(
      '"extra" [' + shape + '] is not a parameter of this model',
    );
  });

  it('is named where it is wanted', async () => {
    const path = withExtra('F8_E4M3', 8, [8]);
    await expect(readTensors(path)).rejects.toThrow(
      'tensor "extra" has the unknown dtype F8_E4M3; read are F32',
    );
    const shapes = new Map(Object.entries({ x: { shape: [1] }, extra: { shape: [8] } }));
    await expect(readWeights(path, { shapes })).rejects.toThrow('unknown dtype F8_E4M3');
  });
});

describe('folders of something else', () => {
  it.each([
    [
      'adapter_model.safetensors',
      'adapter_model.safetensors: a LoRA adapter, which is not a model; merge it',
    ],
    ['model-q4.gguf', 'model-q4.gguf: GGUF, the quantised weights of llama.cpp'],
    ['pytorch_model.bin', 'a pickle, which can run any code'],
  ])('%s', async (name, message) => {
    const folder = copy();
    renameSync(join(folder, 'model.safetensors'), join(folder, name));
    await expect(load(folder)).rejects.toThrow(message);
  });

  it('latent process reward models of the hub, by their name', async () => {
    const message = 'is a latent process reward model';
    await expect(download('owner/name', { subfolder: 'latent_prm/step-100' })).rejects.toThrow(message);
    const folder = join(root, 'latent_prm');
    cpSync(join(root, 'base'), folder, { recursive: true });
    await expect(load(folder)).rejects.toThrow(message);
  });
});

describe('pointers and pages in place of files', () => {
  const pointer = readFileSync(stored('lfs-and-html-as-files/lfs.safetensors'));
  const page = readFileSync(stored('lfs-and-html-as-files/html_page.mp4'));

  it.each(['model.safetensors', 'config.json', 'training_config.json', 'solireward.json', 'tokenizer.json'])(
    '%s is called what it is',
    async (name) => {
      const folder = copy();
      writeFileSync(join(folder, name), pointer);
      await expect(load(folder)).rejects.toThrow(`${name} is a pointer of Git LFS`);
      writeFileSync(join(folder, name), page);
      await expect(load(folder)).rejects.toThrow(`${name} is an HTML page`);
    },
  );

  it('shards and their index too', async () => {
    const index = join(root, 'model.safetensors.index.json');
    writeFileSync(index, pointer);
    await expect(readWeights(index)).rejects.toThrow('is a pointer of Git LFS');
    writeFileSync(index, '{"weight_map":{"x":"shard.safetensors"}}');
    writeFileSync(join(root, 'shard.safetensors'), pointer);
    await expect(readWeights(index)).rejects.toThrow('shard.safetensors is a pointer of Git LFS');
  });
});

it('reads a configuration with NaN and a byte order mark', async () => {
  const folder = copy();
  const config = readFileSync(join(folder, 'config.json'), 'utf8');
  writeFileSync(join(folder, 'config.json'), `\uFEFF${config.replace(/\}\s*$/, ', "other": NaN}')}`);
  const model = await load(folder);
  model.dispose();
});

describe('scores that are not numbers', () => {
  it('are failures of their clips, with the other clips scored', async () => {
    const model = await smallModel();
    const rewards = model.rewards.bind(model);
    model.rewards = async (inputs) =>
      (await rewards(inputs)).map((reward, i) => (i === 1 ? Number.NaN : reward));
    const warned: unknown[] = [];
    const warn = console.warn;
    console.warn = (message) => warned.push(message);
    try {
      const asked = ['pass-a', 'pass-b', 'fail-c'].map((id) => ({ id, path: id }));
      const scores = await clips(model, asked, { batchSize: 3 });
      expect(scores.array('clip')).toEqual(['pass-a', 'fail-c']);
      expect(scores.failures).toMatchObject([{ clip: { id: 'pass-b' }, reason: 'the model gives NaN' }]);
      expect(String(warned[0])).toContain(
        '1 of 3 clips have no score; the first is "pass-b": the model gives NaN',
      );
      await expect(model.score(asked, { batchSize: 3 })).rejects.toThrow(
        'clip "pass-b": the model gives NaN',
      );
    } finally {
      console.warn = warn;
      model.dispose();
    }
  });

  it('of a NaN in the weights are failures by features as well', async () => {
    const { Features } = await import('../../../src/model/stages/features.js');
    const { tf } = await import('../../../src/engine/tf.js');
    const model = await smallModel();
    const [name] = model.parameters('head');
    const weight = model.weights.get(name)!;
    weight.assign(tf.fill(weight.shape, Number.NaN));
    const asked = ['pass-a', 'fail-c'].map((id) => ({ id, path: id }));
    const scores = await clips(model, asked, { features: new Features('head') });
    expect(scores.numRows()).toBe(0);
    expect(scores.failures.map(({ reason }) => reason)).toEqual([
      'the model gives NaN',
      'the model gives NaN',
    ]);
    model.dispose();
  });
});

it('a prompt that is too long is a failure of its clip, which names the numbers', async () => {
  const model = await load(join(root, 'base'));
  const path = stored('video-editlist/vfr.mp4');
  const asked = [
    { id: 'long', path, prompt: 'word '.repeat(6000) },
    { id: 'short', path, prompt: 'a ball' },
    { id: '1 MB', path, prompt: '1234567 '.repeat(131_072) },
  ];
  const prompts = { user: '{prompt}' };
  const { inputs, failures } = await model.processor.processMany(asked, prompts);
  expect(inputs[1]).toBeDefined();
  const tooLong = /^\d+ tokens, but the model has positions for 4096; shorten/;
  expect(failures).toMatchObject(
    ['long', '1 MB'].map((id) => ({ clip: { id }, reason: expect.stringMatching(tooLong) })),
  );
  model.dispose();
});
