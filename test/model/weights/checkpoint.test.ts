import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCheckpoint, weightsFile, writeCheckpoint } from '../../../src/model/weights/checkpoint.js';

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

  it('reads what it wrote', async () => {
    const out = join(folder, 'new', 'model');
    const tokenizer = new Map([['tokenizer.json', new TextEncoder().encode('{"t": 1}')]]);
    await writeCheckpoint(out, { config: { a: 1 }, trainingConfig: { b: 2 }, card }, tokenizer);
    expect(await readdir(out)).toEqual([
      'config.json',
      'solireward.json',
      'tokenizer.json',
      'training_config.json',
    ]);
    await writeFile(weightsFile(out), '');
    expect(await readCheckpoint(out)).toEqual({
      config: { a: 1 },
      trainingConfig: { b: 2 },
      card,
      weights: join(out, 'model.safetensors'),
    });
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
    expect(await failure()).toMatch(/checkpoint-50\/config\.json is not JSON/);
    await write('config.json', {});
    expect(await failure()).toMatch(/checkpoint-50 has no weights: neither model\.safetensors nor/);
    await write('model.safetensors', '');
    await write('solireward.json', { prompts: {} });
    expect(await failure()).toMatch(/solireward\.json has no prompts/);
    await rm(join(folder, 'solireward.json'));
    await mkdir(join(folder, 'training_config.json'));
    expect(await failure()).toMatch(/cannot read .*training_config\.json/);
  });
});
