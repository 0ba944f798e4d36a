import { describe, expect, it } from 'vitest';
import { mean } from '../../src/analysis/distribution.js';
import { worldPrompts } from '../../src/data/world/prompt.js';
import { type Scalar, type Tensor1D, tf } from '../../src/engine/tf.js';
import { type GrpoOptions, grpo, surrogate } from '../../src/posttrain/grpo.js';
import { Policy } from '../../src/posttrain/policy.js';
import { describeEngines } from '../support/engines.js';

const prompts = worldPrompts(12, 4);
const options = (more: Partial<GrpoOptions> = {}): GrpoOptions => ({
  prompts,
  reward: (_, made) => made.map(({ quality }) => quality),
  steps: 1,
  promptsPerStep: 2,
  groupSize: 3,
  seed: 1,
  ...more,
});

await describeEngines('surrogate', () => {
  it('takes the lesser of the ratio and the clipped ratio, times the advantage', async () => {
    const ratio = tf.tensor1d([1, 1.5, 1.5, 0.5, 0.5, 1.1]);
    const advantages = tf.tensor1d([2, 1, -1, 1, -1, 3]);
    const value = surrogate(ratio, advantages, 0.2);
    expect(await value.data()).toBeAllclose([(2 + 1.2 - 1.5 + 0.5 - 0.8 + 3.3) / 6], { rtol: 1e-6 });
    // Where the clipped ratio is the lesser, there is nothing more to gain.
    const gradient = tf.grad((x) => surrogate(x as Tensor1D, advantages, 0.2) as Scalar)(ratio);
    expect(await gradient.data()).toBeAllclose([2 / 6, 0, -1 / 6, 1 / 6, 0, 3 / 6], {
      rtol: 1e-5,
      atol: 1e-7,
    });
    tf.dispose([ratio, advantages, value, gradient]);
  });
});

describe('grpo', () => {
  it('learns what it is told: the truth', async () => {
    const policy = new Policy();
    const seen: number[] = [];
    const history = await grpo(
      policy,
      options({
        steps: 12,
        promptsPerStep: 4,
        groupSize: 8,
        learningRate: 0.1,
        onProgress: ({ step }) => seen.push(step),
      }),
    );
    expect(seen).toEqual(history.map(({ step }) => step));
    expect(history).toHaveLength(12);
    expect(history[0].kl).toBeCloseTo(0, 5);
    expect(history[11].kl).toBeGreaterThan(0.5);
    for (const { reward, quality } of history) expect(reward).toBeCloseTo(quality, 12);
    const quality = (from: number, to: number) => mean(history.slice(from, to).map((one) => one.quality));
    expect(quality(9, 12)).toBeGreaterThan(quality(0, 2) + 0.2);
    policy.dispose();
  });

  it('is the same again with the same seed, and keeps no tensor', async () => {
    const policies = [new Policy(), new Policy()];
    const before = tf.memory().numTensors;
    const [first, second] = [
      await grpo(policies[0], options({ steps: 2 })),
      await grpo(policies[1], options({ steps: 2 })),
    ];
    expect(tf.memory().numTensors).toBe(before);
    expect(second).toEqual(first);
    for (const policy of policies) policy.dispose();
  });

  it('continues from groups that teach nothing', async () => {
    const policy = new Policy();
    const history = await grpo(policy, options({ steps: 2, reward: (clips) => clips.map(() => 1) }));
    expect(history.map(({ flat }) => flat)).toEqual([2, 2]);
    expect(history[1].kl).toBeCloseTo(0, 4);
    policy.dispose();
  });

  it.each([
    [{ prompts: [] }, 'expected at least one prompt, received none'],
    [{ groupSize: 1 }, 'a group needs at least two clips to compare, received groupSize 1'],
    [{ steps: 0 }, 'expected steps to be a whole number from 1 on, received 0'],
    [{ learningRate: Number.NaN }, 'expected learningRate above 0, received NaN'],
    [{ beta: -1 }, 'expected beta from 0 on, received -1'],
    [{ reward: () => [1] }, 'expected 6 rewards, one for each clip, received 1'],
    [
      { reward: (clips: readonly object[]) => clips.map((_, i) => (i === 2 ? Number.NaN : 1)) },
      'the reward of clip "step-1-2" is NaN',
    ],
  ])('refuses %o', async (more, message) => {
    const policy = new Policy();
    const before = tf.memory().numTensors;
    await expect(grpo(policy, options(more))).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
    policy.dispose();
  });

  it('stops with the reason of its signal', async () => {
    const policy = new Policy();
    const controller = new AbortController();
    const stopped = grpo(
      policy,
      options({
        steps: 50,
        signal: controller.signal,
        onProgress: () => controller.abort(new Error('enough')),
      }),
    );
    await expect(stopped).rejects.toThrow('enough');
    policy.dispose();
  });
});
