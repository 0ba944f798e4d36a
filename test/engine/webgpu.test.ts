import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clip } from '../../src/data/clip.js';
import { tf } from '../../src/engine/tf.js';
import { type EngineName, use } from '../../src/engine/use.js';
import { winTie } from '../../src/loss/winTie.js';
import { load } from '../../src/model/load.js';
import type { Trainable } from '../../src/model/rewardModel.js';
import { Features } from '../../src/model/stages/features.js';
import { crossPrompt } from '../../src/pairing/crossPrompt.js';
import { attention } from '../../src/score/clipAttention.js';
import { clips as scoreClips } from '../../src/score/clips.js';
import { fit } from '../../src/train/fit.js';
import { makeClips } from '../support/clips.js';
import { allEngines } from '../support/engines.js';
import { goldenPath } from '../support/goldenFolder.js';
import { keepOnDevice } from '../support/onDevice.js';
import { smallLabels, smallModel } from '../support/smallModel.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'webgpu-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const available = await allEngines();
const reference = available.find((engine) => engine !== 'webgpu') as EngineName;

/** What `action` gives on the other engine, and on WebGPU with all tensors on the device from the start. */
async function onBoth<T>(action: (engine: EngineName) => Promise<T>): Promise<{ expected: T; found: T }> {
  await use(reference);
  const expected = await action(reference);
  await use('webgpu');
  const end = keepOnDevice();
  try {
    return { expected, found: await action('webgpu') };
  } finally {
    end();
  }
}

describe.runIf(available.includes('webgpu'))('WebGPU', () => {
  it('keepOnDevice lets no value be read without waiting', async () => {
    await use('webgpu');
    const end = keepOnDevice();
    const two = tf.scalar(2);
    expect(() => two.dataSync()).toThrow('a tensor [] on the device was read without waiting');
    expect(await two.data()).toBeAllclose([2]);
    expect(() => two.dataSync()).toThrow('read without waiting');
    end();
    const three = tf.scalar(3);
    expect(three.dataSync()).toBeAllclose([3]);
    tf.dispose([two, three]);
  });

  it.each(['head', 'decoder+head', 'all'] as const satisfies Trainable[])(
    'trains the %s for 3 steps as the other engine does',
    async (trainable) => {
      const pairs = crossPrompt(smallLabels(12), { dimension: 'physics', seed: 1 });
      const { expected, found } = await onBoth(async (engine) => {
        const model = await smallModel();
        const run = await fit(model, pairs, {
          folder: join(root, `${engine}-${trainable}`),
          trainable,
          steps: 3,
          batchSize: 1,
          accumulate: 2,
          learningRate: 1e-3,
          loss: winTie({ margin: 1 }),
          evaluate: smallLabels(4, 'other'),
        });
        const weights: Record<string, Float32Array> = {};
        for (const name of model.parameters(trainable))
          weights[name] = (await model.weights.get(name)!.data()).slice() as Float32Array;
        model.dispose();
        return { history: run.history, best: run.best, weights };
      });
      expect(found.history).toHaveLength(3);
      for (const name of ['loss', 'gradNorm', 'accuracy'] as const)
        expect(found.history.map((step) => step[name])).toBeAllclose(
          expected.history.map((step) => step[name]),
          { rtol: 1e-4 },
        );
      expect(found.best!.accuracy).toBe(expected.best!.accuracy);
      for (const [name, values] of Object.entries(expected.weights))
        expect(found.weights[name], name).toBeAllclose(values, { rtol: 1e-4, atol: 1e-5 });
    },
  );

  it.each(['internvl3_5-tiny', 'qwen2_vl-tiny', 'qwen2_5_vl-tiny'])(
    '%s: scores of clips, by features too, and attention are those of the other engine',
    async (name) => {
      const few = name.startsWith('qwen')
        ? { maxFrames: 4, minPixels: 28 ** 2, maxPixels: 8 * 28 ** 2 }
        : { numSegments: 2 };
      const clips: Clip[] = await makeClips(root, 1);
      const { expected, found } = await onBoth(async () => {
        const model = await load(goldenPath('checkpoints', name), { frames: few });
        const scores = await model.score(clips);
        const byFeatures: number[] = [];
        for (const trainable of ['head', 'decoder+head'] as const) {
          const table = await scoreClips(model, clips, { features: new Features(trainable) });
          byFeatures.push(...(table.array('score') as number[]));
        }
        const seen = await attention(model, clips);
        model.dispose();
        return { scores, byFeatures, seen: seen.map(({ readings }) => readings) };
      });
      expect(found.scores).toHaveLength(1);
      expect(found.scores).toBeAllclose(expected.scores, { rtol: 1e-4 });
      expect(found.byFeatures).toBeAllclose([...expected.scores, ...expected.scores], { rtol: 1e-4 });
      expect(found.seen.flatMap((readings) => readings.map(({ frames }) => frames))).toBeAllclose(
        expected.seen.flatMap((readings) => readings.map(({ frames }) => frames)),
        { rtol: 1e-4 },
      );
    },
  );
});
