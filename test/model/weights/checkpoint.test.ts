import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type CheckpointContent,
  readCheckpoint,
  writeCheckpoint,
} from '../../../src/model/weights/checkpoint.js';

const card = { prompts: { system: 'S', user: 'U {prompt}' }, dimension: 'physics', scoreMean: 0.5 };

describe('checkpoint', () => {
  let run: string;
  let folder: string;
  const write = (name: string, content: unknown) =>
    writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));

  beforeEach(async () => {
    run = await mkdtemp(join(tmpdir(), 'checkpoint-'));
    folder = join(run, 'checkpoint-50');
    await mkdir(folder);
  });
  afterEach(() => rm(run, { recursive: true }));

  const content = (weights: CheckpointContent['weights'] = (path) => writeFile(path, 'W')) => ({
    config: { a: 1 },
    trainingConfig: { b: 2 },
    card,
    tokenizer: new Map([['tokenizer.json', new TextEncoder().encode('{"t": 1}')]]),
    weights,
  });
  const weightsOf = (path: string) => readFile(join(path, 'model.safetensors'), 'utf8');

  it('reads what it wrote', async () => {
    const out = join(folder, 'new', 'model');
    await writeCheckpoint(out, content());
    expect(await readdir(out)).toEqual([
      'config.json',
      'model.safetensors',
      'solireward.json',
      'tokenizer.json',
      'training_config.json',
    ]);
    expect(await readdir(dirname(out))).toEqual(['model']);
    expect(await readCheckpoint(out)).toEqual({
      config: { a: 1 },
      trainingConfig: { b: 2 },
      card,
      weights: join(out, 'model.safetensors'),
    });
  });

  it('replaces a checkpoint, also by a relative path and in an empty folder', async () => {
    await writeCheckpoint(folder, content());
    await write('model-00001-of-00002.safetensors', 'a shard of before');
    await write('generation_config.json', {});
    const relativePath = relative(process.cwd(), folder);
    await writeCheckpoint(
      relativePath,
      content((path) => writeFile(path, 'new')),
    );
    expect(await weightsOf(folder)).toBe('new');
    expect(await readdir(folder)).toHaveLength(5);
    expect(await readdir(run)).toEqual(['checkpoint-50']);
  });

  it('refuses a folder that holds other files, which stay', async () => {
    for (const name of ['votes.json', 'optimizer.safetensors', 'clip.mp4', 'a config.json']) {
      await write(name, 'mine');
      await expect(writeCheckpoint(folder, content())).rejects.toThrow(
        `checkpoint-50 holds "${name}", which is not part of a checkpoint; give the model a folder of its own`,
      );
      expect(await readFile(join(folder, name), 'utf8')).toBe('mine');
      await rm(join(folder, name));
    }
    await write('file', '');
    await expect(writeCheckpoint(join(folder, 'file'), content())).rejects.toThrow(
      /save: cannot write .*file/,
    );
  });

  it('leaves the checkpoint of before, and nothing else, when writing fails', async () => {
    await writeCheckpoint(folder, content());
    const full = content(async (path) => {
      await writeFile(path, 'half');
      throw new Error('no space left');
    });
    await expect(writeCheckpoint(folder, full)).rejects.toThrow('no space left');
    await expect(writeCheckpoint(join(run, 'other'), full)).rejects.toThrow('no space left');
    expect(await weightsOf(folder)).toBe('W');
    expect(await readdir(run)).toEqual(['checkpoint-50']);
  });

  it('leaves the checkpoint of before when it is killed, and can be called again', async () => {
    await writeCheckpoint(folder, content());
    const script = fileURLToPath(new URL('../../support/killedSave.ts', import.meta.url));
    const require = createRequire(import.meta.url);
    const viteNode = join(dirname(require.resolve('vite-node/package.json')), 'vite-node.mjs');
    expect(spawnSync(process.execPath, [viteNode, script, folder]).signal).toBe('SIGKILL');
    expect(await weightsOf(folder)).toBe('W');
    await writeCheckpoint(
      folder,
      content((path) => writeFile(path, 'new')),
    );
    expect(await weightsOf(folder)).toBe('new');
    expect(await readdir(run)).toEqual(['checkpoint-50']);
  });

  it('puts a checkpoint back that a killed saver had moved aside, for who reads and who writes next', async () => {
    const place = join(run, 'model');
    const replaced = join(run, '.model.replaced');
    await writeCheckpoint(place, content());
    await rename(place, replaced);
    expect((await readCheckpoint(place)).config).toEqual({ a: 1 });
    await rename(place, replaced);
    const fail = writeCheckpoint(
      place,
      content(() => Promise.reject(new Error('the disk is full'))),
    );
    await expect(fail).rejects.toThrow('the disk is full');
    expect((await readCheckpoint(place)).config).toEqual({ a: 1 });
    expect((await readdir(run)).sort()).toEqual(['checkpoint-50', 'model']);
  });

  it('is written by one at a time', async () => {
    const both = await Promise.allSettled([
      writeCheckpoint(folder, content()),
      writeCheckpoint(folder, content()),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = both.find((one) => one.status === 'rejected');
    expect(refused?.reason.message).toContain(`save: ${folder} is in use by process ${process.pid}`);
    expect(await readdir(run)).toEqual(['checkpoint-50']);
  });

  it('finds the training configuration beside the checkpoints of a run, and the index of shards', async () => {
    await write('config.json', {});
    await writeFile(join(run, 'training_config.json'), '{"of": "the run"}');
    await write('model.safetensors.index.json', {});
    const found = await readCheckpoint(folder);
    expect(found.trainingConfig).toEqual({ of: 'the run' });
    expect(found.weights).toBe(join(folder, 'model.safetensors.index.json'));
    expect(found.card).toBeUndefined();
  });

  it('names what is missing or broken', async () => {
    const failure = () => readCheckpoint(folder).then(String, (error: Error) => error.message);
    await expect(readCheckpoint(join(run, 'none'))).rejects.toThrow(/there is no folder .*none/);
    expect(await failure()).toMatch(/checkpoint-50\/config\.json is missing/);
    await write('config.json', '{"a": ');
    expect(await failure()).toMatch(/checkpoint-50\/config\.json is not valid JSON/);
    await write('config.json', {});
    expect(await failure()).toMatch(/checkpoint-50 has no weights: neither model\.safetensors nor/);
    await write('pytorch_model.bin', '');
    expect(await failure()).toMatch(
      /only pytorch_model\.bin: a pickle, which can run any code, is never opened/,
    );
    await write('model.safetensors', '');
    await write('solireward.json', { prompts: {} });
    expect(await failure()).toMatch(/solireward\.json has no prompts/);
    await rm(join(folder, 'solireward.json'));
    await mkdir(join(folder, 'training_config.json'));
    expect(await failure()).toMatch(/cannot read .*training_config\.json/);
  });
});
