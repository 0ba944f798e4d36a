import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { thisProcess } from '../../src/base/owner.js';
import { crossPrompt } from '../../src/pairing/crossPrompt.js';
import { fit } from '../../src/train/fit.js';
import { readRun } from '../../src/train/run.js';
import { smallLabels, smallModel } from '../support/smallModel.js';

let folder: string;
/** What was warned of. */
let warned: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'damaged-'));
  warned = [];
  vi.spyOn(console, 'warn').mockImplementation((text) => warned.push(text));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

async function train(steps = 4) {
  const model = await smallModel();
  const pairs = crossPrompt(smallLabels(12), { dimension: 'physics', seed: 1 });
  const settings = { batchSize: 2, accumulate: 1, learningRate: 3e-3, trainable: 'head' as const };
  try {
    const run = await fit(model, pairs, { folder, steps, saveEvery: 2, ...settings });
    const weights = await Promise.all(
      [...model.weights.values()].map(async (one) => [...(await one.data())]),
    );
    return { run, weights };
  } finally {
    model.dispose();
  }
}

const at = (...names: string[]) => join(folder, ...names);
const newest = (name: string) => at('checkpoints', 'step-4', name);
const steps = () => readdirSync(at('checkpoints')).sort();

/** Turns one bit in the middle of a file. */
function flip(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1] ^= 1;
  writeFileSync(file, bytes);
}

describe('a damaged run', () => {
  it.each<[string, string, (file: string) => void]>([
    ['weights with another bit', 'model.safetensors', flip],
    ['moments with another bit', 'optimizer.safetensors', flip],
    ['moments that are cut off', 'optimizer.safetensors', (file) => truncateSync(file, 1000)],
    ['weights that are gone', 'model.safetensors', (file) => rmSync(file)],
    ['a state that is empty', 'state.json', (file) => truncateSync(file)],
    ['a state of zero bytes', 'state.json', (file) => writeFileSync(file, Buffer.alloc(99))],
    ['a state with another bit', 'state.json', flip],
    ['checksums that are none', 'checksums.json', (file) => writeFileSync(file, '{"mod')],
  ])('continues from the checkpoint before one with %s', async (_, name, damage) => {
    const whole = await train();
    damage(newest(name));
    const again = await train();
    expect(warned).toHaveLength(1);
    expect(warned[0]).toContain(newest(name));
    expect(warned[0]).toContain('continues from the checkpoint before it, step 2');
    expect(again.run.status).toBe('finished');
    expect(again.run.history.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(again.weights).toEqual(whole.weights);
    expect(steps()).toEqual(['damaged-step-4', 'step-2', 'step-4']);
  });

  it('begins anew where every checkpoint is damaged', async () => {
    const whole = await train();
    for (const step of [2, 4]) flip(at('checkpoints', `step-${step}`, 'model.safetensors'));
    const again = await train();
    expect(warned).toHaveLength(2);
    expect(warned[1]).toContain('continues from the beginning, as no other is kept');
    expect(again.weights).toEqual(whole.weights);
  });

  it('continues from a checkpoint of before there were checksums', async () => {
    await train();
    rmSync(newest('checksums.json'));
    expect((await train()).run.status).toBe('finished');
    expect(warned).toEqual([]);
  });

  it('leaves out lines of the log that cannot be read, and names them', async () => {
    await train();
    const [first, , ...rest] = readFileSync(at('log.jsonl'), 'utf8').split('\n');
    writeFileSync(at('log.jsonl'), [first, '\0\0\0', 'null', ...rest.slice(1)].join('\n'));
    expect((await readRun(folder)).history.map(({ step }) => step)).toEqual([1, 4]);
    warned = [];
    const { run } = await train();
    expect(warned).toEqual(
      [2, 3].map((line) => `${at('log.jsonl')} line ${line} is damaged; it is left out`),
    );
    expect(run.history.map(({ step }) => step)).toEqual([1, 4]);
  });

  it.each(['', '{"steps": 4, "mod', '\0\0\0', 'null'])(
    'takes the settings from a checkpoint where config.json is %j',
    async (text) => {
      await train();
      const before = readFileSync(at('config.json'), 'utf8');
      writeFileSync(at('config.json'), text);
      if (text !== 'null') await expect(readRun(folder)).rejects.toThrow(`${at('config.json')} is damaged`);
      await expect(train(6)).rejects.toThrow('holds a run with other settings (steps 4 there, 6 here');
      expect((await train()).run.status).toBe('finished');
      expect(warned).toEqual([
        `fit: ${at('config.json')} is damaged; it is written again, and the run continues`,
      ]);
      expect(readFileSync(at('config.json'), 'utf8')).toBe(before);
    },
  );

  it('is refused where nothing tells its settings', async () => {
    await train();
    writeFileSync(at('config.json'), '');
    for (const step of [2, 4]) flip(at('checkpoints', `step-${step}`, 'run.json'));
    await expect(train()).rejects.toThrow(
      `${at('config.json')} is damaged, and no checkpoint has a copy of it`,
    );
  });

  it('loses what killed savers have left', async () => {
    await train();
    writeFileSync(at('checkpoints', 'unfinished-step-9'), '');
    await train();
    expect(steps()).toEqual(['step-2', 'step-4']);
  });
});

describe('a folder that is trained in', () => {
  it('is refused to a second run, by whom it says, and to no third', async () => {
    const both = await Promise.allSettled([train(), train()]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = both.find((one) => one.status === 'rejected');
    expect(refused?.reason.message).toContain(`fit: ${folder} is in use by process ${process.pid} on `);
    expect(readFileSync(at('log.jsonl'), 'utf8').split('\n')).toHaveLength(5);
    expect((await train()).run.status).toBe('finished');
    expect(existsSync(at('run.lock'))).toBe(false);
  });

  it('is taken over from a process that was killed', async () => {
    const token = '01234567-89ab-cdef-0123-456789abcdef';
    writeFileSync(at('run.lock'), JSON.stringify({ ...thisProcess(), pid: 2 ** 30, token }));
    expect((await train()).run.status).toBe('finished');
  });
});
