import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { tf } from '../../src/engine/tf.js';
import { winTie } from '../../src/loss/winTie.js';
import { load } from '../../src/model/load.js';
import type { RewardModel } from '../../src/model/rewardModel.js';
import { Features } from '../../src/model/stages/features.js';
import { crossPrompt } from '../../src/pairing/crossPrompt.js';
import { fit } from '../../src/train/fit.js';
import { type FitOptions, settingsOf } from '../../src/train/fitOptions.js';
import { readRun } from '../../src/train/run.js';
import { describeEngines } from '../support/engines.js';
import { insideNotebook } from '../support/fakeHost.js';
import { labelsOf } from '../support/labels.js';
import { smallLabels, smallModel, withMadeUpClips } from '../support/smallModel.js';

const folders: string[] = [];
function newFolder(): string {
  folders.push(mkdtempSync(join(tmpdir(), 'fit-')));
  return folders[folders.length - 1];
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const pairs = (count = 24) => crossPrompt(smallLabels(count), { dimension: 'physics', seed: 1 });
const quick = { batchSize: 4, accumulate: 1, learningRate: 3e-3, loss: winTie({ margin: 1 }) };
const options = (more: Partial<FitOptions> = {}): FitOptions => ({
  folder: newFolder(),
  steps: 6,
  ...quick,
  ...more,
});

/** The bits of all weights. */
async function weightsOf(model: RewardModel): Promise<Record<string, Buffer>> {
  const bits: Record<string, Buffer> = {};
  for (const [name, variable] of model.weights) {
    const values = (await variable.data()) as Float32Array;
    bits[name] = Buffer.from(values.slice().buffer);
  }
  return bits;
}

await describeEngines('fit', () => {
  it.each(['head', 'decoder+head', 'all'] as const)(
    'learns by the %s alone to tell clips apart',
    async (trainable) => {
      const model = await smallModel();
      const before = await weightsOf(model);
      const run = await fit(
        model,
        pairs(),
        options({ trainable, steps: 60, evaluate: smallLabels(20, 'other'), evaluateEvery: 30 }),
      );
      expect(run.status).toBe('finished');
      expect(run.history).toHaveLength(60);
      expect(run.history.at(-1)!.loss).toBeLessThan(run.history[0].loss);
      expect(run.best!.accuracy).toBeGreaterThan(0.9);
      const after = await weightsOf(model);
      const trained = new Set(model.parameters(trainable));
      const moved = Object.keys(after).filter((name) => !after[name].equals(before[name]));
      expect(moved.length).toBeGreaterThan(10);
      for (const name of moved) expect(trained).toContain(name);
      model.dispose();
    },
  );

  describe('in a notebook', () => {
    const notebook = insideNotebook();

    it('draws its curves in one output, unless it is told not to', async () => {
      const model = await smallModel();
      const run = await fit(model, pairs(), options({ trainable: 'head' }));
      const last = notebook.shown.at(-1)!;
      expect(last.bundle['text/plain']).toBe(String(run));
      expect(last.bundle).toHaveProperty(['text/html']);
      expect(new Set(notebook.shown.map(({ options }) => options.displayId)).size).toBe(1);
      notebook.shown = [];
      await fit(model, pairs(), options({ trainable: 'head', chart: false }));
      expect(notebook.shown).toEqual([]);
      model.dispose();
    });
  });

  it('starts from the same rewards whatever part is trained', async () => {
    const first: number[] = [];
    for (const trainable of ['head', 'decoder+head', 'all'] as const) {
      const model = await smallModel();
      const run = await fit(model, pairs(), options({ trainable, steps: 1 }));
      first.push(run.history[0].loss);
      model.dispose();
    }
    expect(first).toBeAllclose([first[2], first[2], first[2]], { rtol: 1e-6 });
  });

  it('continues from a stop to the bits of an uninterrupted run, and logs each step once', async () => {
    const settings = { saveEvery: 2, evaluate: smallLabels(8, 'other'), evaluateEvery: 3, accumulate: 2 };
    const [whole, parts] = [await smallModel(), await smallModel()];
    const uninterrupted = await fit(whole, pairs(), options({ steps: 7, ...settings }));

    const folder = newFolder();
    const controller = new AbortController();
    const stopped = await fit(parts, pairs(), {
      ...options({ steps: 7, ...settings, folder }),
      signal: controller.signal,
      onProgress: ({ step }) => step === 3 && controller.abort(),
    });
    expect(stopped.status).toBe('stopped');
    expect(stopped.history).toHaveLength(3);
    const again = await smallModel();
    const run = await fit(again, pairs(), options({ steps: 7, ...settings, folder }));
    expect(run.status).toBe('finished');
    expect(await weightsOf(again)).toEqual(await weightsOf(whole));
    const numbers = (it: typeof run) =>
      it.history.map(({ secondsPerStep: _, clipsPerSecond: __, waiting: ___, ...record }) => record);
    expect(numbers(run)).toEqual(numbers(uninterrupted));
    expect(run.best).toMatchObject({
      step: uninterrupted.best!.step,
      accuracy: uninterrupted.best!.accuracy,
    });
    for (const model of [whole, parts, again]) model.dispose();
  });

  it.each(['all', 'decoder+head', 'head'] as const)(
    'drops by its seed while %s is trained, the same after a stop, and not in evaluation',
    async (trainable) => {
      const train = async (more: Partial<FitOptions>, drop = 0.4, seed = 1) => {
        const model = await smallModel(1, drop);
        const settings = { trainable, steps: 3, evaluate: smallLabels(8, 'other'), evaluateEvery: 3, seed };
        const run = await fit(model, pairs(), options({ ...settings, ...more }));
        const result = { weights: await weightsOf(model), run };
        model.dispose();
        return result;
      };
      const folder = newFolder();
      const controller = new AbortController();
      await train({
        folder,
        signal: controller.signal,
        onProgress: ({ step }) => step === 2 && controller.abort(),
      });
      const parts = await train({ folder });
      const whole = await train({});
      expect(parts.run.status).toBe('finished');
      expect(parts.weights).toEqual(whole.weights);
      const other = await train({}, 0.4, 2);
      expect(other.weights).not.toEqual(whole.weights);
      const [first, plain] = [whole, await train({}, 0)].map(({ run }) => run.history[0].loss);
      expect(first).not.toBeCloseTo(plain, 5);
      // Evaluated with the weights as they are, whatever they were trained with.
      const model = withMadeUpClips(await load(whole.run.last!));
      const held = await fit(
        model,
        pairs(),
        options({ trainable, steps: 1, learningRate: 1e-30, evaluate: smallLabels(8, 'other') }),
      );
      expect(held.history[0].evalMargin).toBeCloseTo(whole.run.history[2].evalMargin!, 4);
      model.dispose();
    },
  );

  it('trains on shared features as on its own, and refuses those of another part', async () => {
    const features = new Features('head');
    const losses = [];
    for (const shared of [undefined, features, features]) {
      const model = await smallModel();
      const { history } = await fit(model, pairs(), options({ trainable: 'head', features: shared }));
      losses.push(history.map(({ loss }) => loss));
      model.dispose();
    }
    expect(losses[1]).toEqual(losses[0]);
    expect(losses[2]).toEqual(losses[0]);
    const model = await smallModel();
    await expect(fit(model, pairs(), options({ trainable: 'all', features }))).rejects.toThrow(
      'the features are for training "head", but trainable is "all"',
    );
    model.dispose();
  });

  it('keeps no tensor but the weights', async () => {
    const model = await smallModel();
    const before = tf.memory().numTensors;
    await fit(model, pairs(), options({ evaluate: smallLabels(8, 'other'), evaluateEvery: 2 }));
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it('stops at a loss that is not finite, with the step, the pairs and the last good checkpoint', async () => {
    const model = await smallModel();
    const folder = newFolder();
    const spoil = ({ step }: { step: number }) => {
      const [weight] = [...model.weights.values()];
      if (step === 3) tf.tidy(() => weight.assign(tf.mul(weight, Number.NaN)));
    };
    const run = fit(model, pairs(), options({ folder, saveEvery: 2, onProgress: spoil }));
    await expect(run).rejects.toThrow(
      /step 4: the loss is NaN.*last good checkpoint is .*step-2;.*clip-pass-\d+ > clip-(fail|pass)-\d+/,
    );
    expect(readdirSync(join(folder, 'checkpoints'))).toEqual(['step-2']);
    model.dispose();
  });
});

describe('fit', () => {
  it('leaves out clips that cannot be read, and reports them', async () => {
    const rows = [0, 1, 2, 3, 4, 5].map((i) => ({ clip: `clip-pass-${i}`, pass: true }));
    const fails = [0, 1, 2].map((i) => ({ clip: `clip-fail-${i}`, pass: false }));
    const labels = labelsOf([
      ...rows,
      ...fails,
      { clip: 'broken-7', pass: false },
      { clip: 'broken-8', pass: true },
    ]);
    const stream = crossPrompt(labels, { dimension: 'physics', seed: 1 });
    const model = await smallModel();
    const run = await fit(model, stream, options({ evaluate: labels, evaluateEvery: 3 }));
    expect(run.history).toHaveLength(6);
    expect(run.failures.map(({ clip, reason }) => `${clip.id} ${reason}`).sort()).toEqual([
      'broken-7 no video stream',
      'broken-8 no video stream',
    ]);
    expect(String(run)).toContain('2 clips could not be read');
    model.dispose();
  });

  it('says so when no pair can be read', async () => {
    const labels = labelsOf([
      { clip: 'broken-1', pass: true },
      { clip: 'broken-2', pass: false },
    ]);
    const model = await smallModel();
    const stream = crossPrompt(labels, { dimension: 'physics', winTie: 0, seed: 1 });
    await expect(fit(model, stream, options())).rejects.toThrow(
      /gave 0 of 4 whose clips can be read; 2 clips cannot, the first is "broken-1": no video stream/,
    );
    model.dispose();
  });

  it('keeps the newest checkpoints and the best one, each a model that loads', async () => {
    const model = await smallModel();
    const evaluate = smallLabels(8, 'other');
    const run = await fit(
      model,
      pairs(),
      options({ steps: 9, evaluate, evaluateEvery: 9, saveEvery: 2, keep: 2 }),
    );
    expect(readdirSync(join(run.folder, 'checkpoints')).sort()).toEqual(['step-8', 'step-9']);
    const loaded = await load(run.last!);
    expect(await weightsOf(loaded)).toEqual(await weightsOf(model));
    expect(run.best!.folder).toBe(run.last);
    loaded.dispose();
    model.dispose();
  });

  it('stops when the held-out accuracy gets no better', async () => {
    const model = await smallModel();
    const run = await fit(
      model,
      pairs(),
      options({
        steps: 50,
        learningRate: 1e-12,
        evaluate: smallLabels(8, 'other'),
        evaluateEvery: 2,
        patience: 3,
      }),
    );
    expect(run.status).toBe('converged');
    expect(run.history).toHaveLength(8);
    expect(run.best!.step).toBe(2);
    expect((await readRun(run.folder)).status).toBe('converged');
    model.dispose();
  });

  it('gives back a finished run without training again', async () => {
    const folder = newFolder();
    const model = await smallModel();
    await fit(model, pairs(), options({ folder }));
    const bits = await weightsOf(model);
    const again = await smallModel();
    let steps = 0;
    const run = await fit(again, pairs(), options({ folder, onProgress: () => steps++ }));
    expect([run.status, steps, run.history.length]).toEqual(['finished', 0, 6]);
    expect(await weightsOf(again)).toEqual(bits);
    const read = await readRun(folder);
    expect(read.history).toEqual(run.history);
    expect(String(read)).toBe(String(run));
    model.dispose();
    again.dispose();
  });

  it('tells its progress and writes it to the log', async () => {
    const model = await smallModel();
    const seen: number[][] = [];
    const run = await fit(
      model,
      pairs(),
      options({ onProgress: ({ step, steps }) => seen.push([step, steps]) }),
    );
    expect(seen).toEqual([1, 2, 3, 4, 5, 6].map((step) => [step, 6]));
    const lines = readFileSync(join(run.folder, 'log.jsonl'), 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(run.history);
    for (const record of run.history) {
      expect(record.terms!.bt + record.terms!.btt).toBeCloseTo(record.loss, 5);
      expect(record.gradNorm).toBeGreaterThan(0);
      expect(record.accuracy).toBeGreaterThanOrEqual(0);
    }
    model.dispose();
  });

  it('refuses to go on with other held-out labels, frozen weights or prompts', async () => {
    const folder = newFolder();
    const labels = (flip: boolean) =>
      labelsOf(Array.from({ length: 6 }, (_, i) => ({ clip: `held-${i}`, pass: (i % 2 === 0) !== flip })));
    const settings = (flip: boolean) =>
      options({ folder, steps: 1, trainable: 'head', evaluate: labels(flip) });
    const model = await smallModel();
    await fit(model, pairs(), settings(false));
    await expect(fit(model, pairs(), settings(true))).rejects.toThrow(/other settings \(evaluate /);
    const other = await smallModel(2);
    await expect(fit(other, pairs(), settings(false))).rejects.toThrow(/other settings \(frozen /);
    other.dispose();
    model.dispose();
  });

  it('refuses to go on with other settings or other pairs', async () => {
    const folder = newFolder();
    const model = await smallModel();
    await fit(model, pairs(), options({ folder, steps: 1 }));
    await expect(fit(model, pairs(), options({ folder, steps: 1, learningRate: 0.5 }))).rejects.toThrow(
      /other settings \(learningRate 0.003 there, 0.5 here\); use another folder/,
    );
    await expect(fit(model, pairs(), options({ folder, steps: 1, loss: winTie() }))).rejects.toThrow(
      'loss {',
    );
    await expect(fit(model, pairs(30), options({ folder, steps: 1 }))).rejects.toThrow('pairs {');
    model.dispose();
  });

  it('takes the defaults of its size, the published ones from 100 million parameters on', async () => {
    const sized = (size: number) => ({ weights: new Map([['x', { size }]]) }) as unknown as RewardModel;
    expect(await settingsOf(sized(1e9), { folder: '' })).toMatchObject({
      batchSize: 8,
      accumulate: 40,
      learningRate: 1e-6,
      schedule: 'constant',
      weightDecay: 0.01,
    });
    const small = { batchSize: 16, accumulate: 1, learningRate: 1e-3, schedule: 'cosine', weightDecay: 0.05 };
    expect(await settingsOf(sized(1e6), { folder: '' })).toMatchObject(small);
    expect((await settingsOf(sized(1e6), { folder: '', learningRate: 5e-4 })).learningRate).toBe(5e-4);
  });

  it('says that a loss has not moved, once, and nothing of one that has', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    try {
      const model = await smallModel();
      await fit(model, pairs(), options({ steps: 22, learningRate: 1e-9 }));
      expect(warn).toHaveBeenCalledExactlyOnceWith(
        expect.stringMatching(
          /the loss has not moved in 20 steps since the warm-up .* rate of 1e-9 may be too low/,
        ),
      );
      warn.mockClear();
      await fit(model, pairs(), { folder: newFolder(), steps: 60 });
      expect(warn).not.toHaveBeenCalled();
      model.dispose();
    } finally {
      warn.mockRestore();
    }
  });

  it('takes epochs and the batch of a small model for its length', async () => {
    const model = await smallModel();
    const controller = new AbortController();
    controller.abort();
    const run = await fit(model, pairs(), { folder: newFolder(), signal: controller.signal });
    expect(run.steps).toBe(Math.ceil((3 * pairs().length) / 16));
    expect([run.status, run.history.length, run.last]).toEqual(['stopped', 0, undefined]);
    model.dispose();
  });

  it.each([
    [{ steps: 0 }, 'expected steps to be a positive integer, received 0'],
    [{ batchSize: 1.5 }, 'expected batchSize to be a positive integer, received 1.5'],
    [{ learningRate: -1 }, 'expected learningRate to be positive, received -1'],
    [{ trainable: 'tail' as 'head' }, 'unknown part "tail"'],
  ])('refuses %j', async (more, message) => {
    const model = await smallModel();
    await expect(fit(model, pairs(), options(more))).rejects.toThrow(message);
    model.dispose();
  });
});
