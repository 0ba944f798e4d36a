import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { tf } from '../../src/engine/tf.js';
import { use } from '../../src/engine/use.js';
import { fromHub, load } from '../../src/model/load.js';
import { engines } from '../support/engines.js';
import { insideNotebook } from '../support/fakeHost.js';
import { goldenPath } from '../support/goldenFolder.js';
import { type HubServer, hubServer } from '../support/hubServer.js';

describe('fromHub', () => {
  const notebook = insideNotebook();
  const checkpoint = goldenPath('checkpoints', 'internvl3-tiny');
  let home: string;
  let hub: HubServer;
  beforeAll(async () => {
    await use((await engines())[0]);
  });
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'hub-'));
    const files: Record<string, Buffer> = {};
    for (const name of await readdir(checkpoint)) {
      // A base model in the root, which has no training_config.json, and a trained one below it.
      const content = await readFile(join(checkpoint, name));
      files[`trained/${name}`] = content;
      if (name !== 'training_config.json') files[name] = content;
    }
    hub = await hubServer(files);
    vi.stubEnv('HF_HOME', home);
    vi.stubEnv('HF_ENDPOINT', hub.url);
    for (const name of ['HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE', 'HF_TOKEN', 'HF_HUB_OFFLINE'])
      vi.stubEnv(name, undefined);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await hub.close();
    await rm(home, { recursive: true });
  });

  it('gives the model of the folder, and shows the download once', async () => {
    const model = await fromHub('lab/model', { subfolder: 'trained' });
    const same = await load(checkpoint);
    for (const [name, variable] of same.weights) {
      expect(await model.weights.get(name)?.data(), name).toEqual(await variable.data());
    }
    expect(model.config).toEqual(same.config);
    const texts = notebook.shown.map(({ bundle }) => bundle['text/plain']);
    expect(texts.at(-1)).toMatch(/^download lab\/model (\d+)\/\1 100% MB, trained\/\w+/);
    notebook.shown.length = 0;
    (await fromHub('lab/model', { subfolder: 'trained' })).dispose();
    expect(notebook.shown).toEqual([]);
    for (const loaded of [model, same]) loaded.dispose();
  });

  it('gives a base model a new head, and says so where it needs one', async () => {
    const before = tf.memory().numTensors;
    await expect(fromHub('lab/model')).rejects.toThrow('give one: load(folder, { head: {} })');
    expect(tf.memory().numTensors).toBe(before);
    const model = await fromHub('lab/model', { head: { reduceSequence: 'meanpool' } });
    expect(model.parameters('head')).toHaveLength(3);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
