import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Clip } from '../../../src/data/clip.js';
import * as gpu from '../../../src/engine/gpuRoom.js';
import { tf } from '../../../src/engine/tf.js';
import { type ClipInput, disposeBatch } from '../../../src/model/input/batch.js';
import { load } from '../../../src/model/load.js';
import { stageOf } from '../../../src/model/stages/stage.js';
import { makeClips } from '../../support/clips.js';
import { describeEngines } from '../../support/engines.js';
import { goldenPath } from '../../support/goldenFolder.js';
import { MadeUpClips, readBy, smallModel } from '../../support/smallModel.js';

afterEach(() => vi.restoreAllMocks());

const clip = (id: string) => ({ id, path: `${id}.mp4` });
const parts = ['head', 'decoder+head', 'all'] as const;

/** Clips that have prompts of different lengths, and how often they were read. */
class UnevenClips extends MadeUpClips {
  reads = 0;

  override async processMany(...args: Parameters<MadeUpClips['processMany']>) {
    const { inputs, failures } = await super.processMany(...args);
    this.reads += inputs.length;
    const longer = inputs.map(
      (input, i) =>
        input && { ...input, inputIds: Int32Array.from([...input.inputIds, ...new Array(i).fill(5)]) },
    );
    return { inputs: longer, failures };
  }
}

async function unevenModel() {
  const small = await smallModel();
  const clips = new UnevenClips(small.processor.tokens, small.processor.format);
  return { model: readBy(small, clips), reads: () => clips.reads };
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

  it('head gives the same rewards from what stays on a card, in part or as a whole', async () => {
    const { model } = await unevenModel();
    const clips = [clip('pass-1'), clip('fail-2'), clip('pass-3')];
    const expected = await stageOf(model, 'head').score(clips);
    const weights = [...model.weights.values()].reduce((bytes, { size }) => bytes + 4 * size, 0);
    vi.spyOn(gpu, 'gpuUsed').mockReturnValue(0);
    for (const [room, onCard] of [
      [0, 0],
      [2 * 1000, 1],
      [2 * 10_000, 3],
    ]) {
      vi.spyOn(gpu, 'gpuRoom').mockReturnValue(weights + room);
      const stage = stageOf(model, 'head');
      stage.keepOnCard();
      await stage.score(clips);
      const before = tf.memory().numTensors;
      expect([...(await stage.score(clips)).values()]).toBeAllclose([...expected.values()], { rtol: 1e-6 });
      expect(tf.memory().numTensors).toBe(before + 2 * onCard);
      stage.dispose();
      expect(tf.memory().numTensors).toBe(before);
    }
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

  it.each([
    ['head', 3],
    ['decoder+head', 3],
    ['all', 5],
  ] as const)('%s reads a clip that is prepared once for each load', async (part, expected) => {
    const { model, reads } = await unevenModel();
    const stage = stageOf(model, part);
    stage.prepare([clip('a'), clip('b'), clip('broken-1'), clip('a')]);
    stage.prepare([clip('b')]);
    const first = await stage.load([clip('a'), clip('broken-1')]);
    expect([...first.keys()]).toEqual(['a']);
    stage.prepare([clip('a'), clip('broken-1')]);
    expect([...(await stage.load([clip('b'), clip('a')])).keys()]).toEqual(['b', 'a']);
    if (part === 'all') await stage.load([clip('b')]);
    expect(reads()).toBe(expected);
    expect([...stage.failures.keys()]).toEqual(['broken-1']);
    model.dispose();
  });

  it('fails no clip that was prepared and not asked for, and keeps none of a stopped preparation', async () => {
    const { model } = await unevenModel();
    const stage = stageOf(model, 'all');
    const stop = new AbortController();
    stage.prepare([clip('a'), clip('broken-1')], stop.signal);
    await stage.load([clip('a')]);
    expect(stage.failures.size).toBe(0);
    stage.prepare([clip('b')], stop.signal);
    stop.abort(new Error('enough'));
    expect([...(await stage.load([clip('b')])).keys()]).toEqual(['b']);
    model.dispose();
  });

  it('keeps what it reads while others are prepared', async () => {
    const { model, reads } = await unevenModel();
    const stage = stageOf(model, 'head');
    const loading = stage.load([clip('a')]);
    stage.prepare([clip('b')]);
    await loading;
    await stage.load([clip('a'), clip('b')]);
    expect(reads()).toBe(2);
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
