import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clip } from '../../../src/data/clip.js';
import { tf } from '../../../src/engine/tf.js';
import { type ClipInput, disposeBatch } from '../../../src/model/input/batch.js';
import { load } from '../../../src/model/load.js';
import { stageOf } from '../../../src/model/stages/stage.js';
import { makeClips } from '../../support/clips.js';
import { describeEngines } from '../../support/engines.js';
import { goldenPath } from '../../support/goldenFolder.js';
import { smallModel } from '../../support/smallModel.js';

const clip = (id: string) => ({ id, path: `${id}.mp4` });
const parts = ['head', 'decoder+head', 'all'] as const;

/** A small model whose clips have prompts of different lengths. */
async function unevenModel() {
  const model = await smallModel();
  const processor = model.processor as unknown as {
    processMany: (...args: unknown[]) => Promise<{ inputs: (ClipInput | undefined)[] }>;
  };
  const process = processor.processMany;
  let reads = 0;
  processor.processMany = async (...args) => {
    const result = await process(...args);
    reads += result.inputs.length;
    result.inputs = result.inputs.map(
      (input, i) =>
        input && { ...input, inputIds: Int32Array.from([...input.inputIds, ...new Array(i).fill(5)]) },
    );
    return result;
  };
  return { model, reads: () => reads };
}

await describeEngines('Stage', () => {
  it.each(parts)('%s gives the rewards of the whole model, of padded sequences too', async (part) => {
    const { model } = await unevenModel();
    const clips = [clip('pass-1'), clip('fail-2'), clip('pass-3')];
    const { inputs } = await model.processor.processMany(clips, model.prompts);
    const whole = model.processor.collate(inputs as ClipInput[]);
    const expected = model.forward(whole);
    const before = tf.memory().numTensors;

    const stage = stageOf(model, part);
    const features = await stage.load(clips);
    const batch = stage.collate(clips.map(({ id }) => features.get(id)));
    const rewards = stage.rewards(batch.inputs, { given: batch.grids });
    expect(await rewards.data()).toBeAllclose(await expected.data(), { rtol: 1e-5 });
    tf.dispose(rewards);
    tf.dispose(batch.inputs);
    expect(tf.memory().numTensors).toBe(before);
    disposeBatch(whole);
    expected.dispose();
    model.dispose();
  });
});

describe('Stage', () => {
  it.each([
    ['head', 3],
    ['decoder+head', 3],
    ['all', 5],
  ] as const)('%s reads each clip as often as it must', async (part, expected) => {
    const { model, reads } = await unevenModel();
    const stage = stageOf(model, part);
    await stage.load([clip('a'), clip('b'), clip('a'), clip('broken-1')]);
    const features = await stage.load([clip('a'), clip('b'), clip('broken-1')]);
    expect([...features.keys()].sort()).toEqual(['a', 'b']);
    expect(reads()).toBe(expected);
    expect([...stage.failures.keys()]).toEqual(['broken-1']);
    model.dispose();
  });

  it('stops with the reason of its signal', async () => {
    const { model } = await unevenModel();
    const stage = stageOf(model, 'head');
    await expect(stage.load([clip('a')], AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    model.dispose();
  });
});

describe('Stage of a model that takes videos', () => {
  let folder: string;
  let clips: Clip[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stage-'));
    clips = await makeClips(folder, 2);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(parts)('%s gives the rewards of the whole model, of videos of different sizes', async (part) => {
    const frames = { maxFrames: 4, minPixels: 28 ** 2, maxPixels: 8 * 28 ** 2 };
    const model = await load(goldenPath('checkpoints', 'qwen2_5_vl-tiny'), { frames });
    const expected = await model.score(clips);
    const stage = stageOf(model, part);
    const features = await stage.load(clips);
    const batch = stage.collate(clips.map(({ id }) => features.get(id)));
    const rewards = stage.rewards(batch.inputs, { given: batch.grids });
    expect(await rewards.data()).toBeAllclose(expected, { rtol: 1e-5 });
    rewards.dispose();
    tf.dispose(batch.inputs);
    model.dispose();
  });
});
