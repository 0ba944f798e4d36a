import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tf } from '../../src/engine/tf.js';
import { use } from '../../src/engine/use.js';
import { heads } from '../../src/model/heads.js';
import type { ClipInput } from '../../src/model/input/batch.js';
import { load, save } from '../../src/model/load.js';
import { newHead } from '../../src/model/newHead.js';
import type { RewardModel } from '../../src/model/rewardModel.js';
import { RewardModel as Model } from '../../src/model/rewardModel.js';
import { faultOf } from '../../src/model/rewards.js';
import { ensemble } from '../../src/reward/ensemble.js';
import { describeEngines, engines } from '../support/engines.js';
import { smallHead, smallHeads } from '../support/smallHeads.js';
import { smallModel, withMadeUpClips } from '../support/smallModel.js';

const ids = ['pass-1', 'fail-2', 'pass-3'];
async function inputsOf({ processor, prompts }: Pick<RewardModel, 'processor' | 'prompts'>) {
  const clips = ids.map((id) => ({ id, path: `${id}.mp4` }));
  return (await processor.processMany(clips, prompts)).inputs as ClipInput[];
}

await describeEngines('RewardHeads', () => {
  it('gives what each head gives alone, with one look of the backbone', async () => {
    const model = await smallHeads({ physics: [1], deformity: [2, 3] });
    expect(Object.keys(model.heads)).toEqual(['physics', 'deformity-1', 'deformity-2']);
    const inputs = await inputsOf(model);
    const before = tf.memory().numTensors;
    const ratings = await model.rewards(inputs);
    expect(tf.memory().numTensors).toBe(before);
    const alone: number[][] = [];
    for (const head of Object.values(model.heads)) alone.push(await head.rewards(inputs));
    expect(alone[1]).not.toEqual(alone[2]);
    const { mean, spread } = ensemble(alone.slice(1));
    const near = { rtol: 1e-5, atol: 1e-6 };
    expect(ratings.map(({ physics }) => physics.score)).toBeAllclose(alone[0], near);
    expect(ratings.map(({ deformity }) => deformity.score)).toBeAllclose(mean, near);
    expect(ratings.map(({ deformity }) => deformity.spread as number)).toBeAllclose(spread, near);
    expect(ratings.map(({ physics }) => physics.spread)).toEqual([undefined, undefined, undefined]);
    model.dispose();
  });
});

describe('heads', () => {
  let folder: string;
  let model: RewardModel;
  beforeAll(async () => {
    await use((await engines())[0]);
    folder = await mkdtemp(join(tmpdir(), 'heads-'));
    model = await smallModel();
  });
  afterAll(async () => {
    model.dispose();
    await rm(folder, { recursive: true });
  });

  it('newHead shares the backbone, and has the weights of a new head that is loaded', async () => {
    model.card.scoreMean = 3;
    const fresh = smallHead(model, { seed: 5 });
    delete model.card.scoreMean;
    expect(fresh.card).toEqual(model.card);
    const saved = join(folder, 'base');
    await save(model, saved);
    const loaded = await load(saved, { head: { layers: [1, 2], seed: 5 } });
    expect([...fresh.weights.keys()]).toEqual([...loaded.weights.keys()]);
    for (const [name, variable] of fresh.weights) {
      expect(await variable.data(), name).toEqual(await loaded.weights.get(name)!.data());
      expect(variable === model.weights.get(name), name).toBe(!fresh.parameters('head').includes(name));
    }
    loaded.dispose();
  });

  it('takes loaded models over, keeps their backbone once, and saves each head as an ordinary checkpoint', async () => {
    const paths = ['one', 'two'].map((name) => join(folder, name));
    for (const [i, path] of paths.entries()) await save(smallHead(model, { seed: i }), path);
    const [one, two] = await Promise.all(paths.map((path) => load(path)));
    const expected = await withMadeUpClips(two).rewards(await inputsOf(withMadeUpClips(two)));
    const before = tf.memory().numTensors;
    const both = await heads({ physics: one, deformity: two });
    expect(tf.memory().numTensors).toBe(before - (two.weights.size - two.parameters('head').length));
    expect(both.card).not.toHaveProperty('dimension');
    expect(String(both)).toMatch(/^heads of physics, deformity over one backbone: 0\.\dM parameters$/);
    expect(both.only('deformity').card.dimension).toBe('deformity');
    const again = join(folder, 'again');
    await save(both.heads.deformity, again);
    const read = async (path: string) => readFile(join(path, 'model.safetensors'));
    expect((await read(again)).equals(await read(paths[1]))).toBe(true);
    const loaded = withMadeUpClips(await load(again));
    expect(loaded.card.dimension).toBe('deformity');
    expect(await loaded.rewards(await inputsOf(loaded))).toEqual(expected);
    loaded.dispose();
    both.dispose();
  });

  it('brings the members of an ensemble to one scale where all of their cards have one', async () => {
    const members = await smallHeads({ physics: [1, 2] });
    const [first, second] = members.of('physics');
    expect(members.ratings([3, 5])).toEqual({ physics: { score: 4, spread: Math.SQRT2 } });
    Object.assign(first.card, { scoreMean: 1, scoreDeviation: 2 });
    expect(() => members.ratings([3, 5])).toThrow('1 of the 2 heads of physics have scoreMean');
    Object.assign(second.card, { scoreMean: 1, scoreDeviation: 4 });
    expect(members.ratings([3, 5])).toEqual({ physics: { score: 1, spread: 0 } });
    expect(members.apart().ratings([3, 5])).toEqual({ 'physics-1': { score: 3 }, 'physics-2': { score: 5 } });
    const odd = members.ratings([3, Number.NaN]);
    expect(faultOf(odd)).toBe('the model gives NaN of physics');
    expect(() => members.of('beauty')).toThrow('there is no dimension "beauty", only physics');
    members.dispose();
  });

  it('refuses what cannot share a backbone, and changes nothing then', async () => {
    const other = await smallModel(2);
    const asked = new Model(model.config, model.weights, model.processor, {
      ...model.card,
      prompts: { user: 'Is it pretty?' },
    });
    const small = { ...model.config, numSegments: 9 } as typeof model.config;
    const before = tf.memory().numTensors;
    const head = smallHead(model, { seed: 1 });
    const refused = async (models: Parameters<typeof heads>[0]) => heads(models).catch(String);
    expect(await refused({})).toContain('expected at least one dimension, received none');
    expect(await refused({ '../up': model })).toContain('received "../up"');
    expect(await refused({ physics: [] })).toContain('"physics" has no model');
    expect(await refused({ physics: [model, head], 'physics-2': head })).toContain(
      'would be called "physics-2"',
    );
    expect(await refused({ physics: model, deformity: model })).toContain('one model is there twice');
    expect(await refused({ physics: head, deformity: other })).toMatch(
      /has other values of ".+" than .*newHead/,
    );
    expect(await refused({ physics: head, deformity: asked })).toContain('has other prompts');
    const longer = new Model(small, smallHead(model, { seed: 3 }).weights, model.processor, model.card);
    expect(await refused({ physics: head, deformity: longer })).toContain('has other settings');
    expect(() => newHead(model, { reduceSequence: 'good_token' })).toThrow(
      'good_token is not a head of its own',
    );
    expect(tf.memory().numTensors - before).toBe(2 * head.parameters('head').length);
    expect(await head.rewards(await inputsOf(head))).toHaveLength(3);
    other.dispose();
  });
});
